#include "world.hpp"

#include <memory>
#include <mutex>
#include <optional>

#include "base/error.hpp"
#include "persona/guest_session.hpp"
#include "present/nbd.hpp"

namespace deskloom::cmd {
namespace {

// Located and hashed once, when the first guest is talked to.
class LazyHelper {
 public:
  const persona::GuestHelper& get() {
    const std::lock_guard guard(mutex_);  // a pool provisions several instances at once
    if (!helper_) helper_ = persona::GuestHelper::locate();
    return *helper_;
  }

 private:
  std::mutex mutex_;
  std::optional<persona::GuestHelper> helper_;
};

}  // namespace

void require_own_store(frame::Context& context) {
  if (!context.is_foreign_store()) return;
  throw base::Error(base::ErrorKind::usage,
                    "personas go to and from instances through the store that policy names, not through " +
                        context.policy().snapshot_store.string(),
                    "leave out --store, and DESKLOOM_STORE");
}

operation::World make_world(frame::Context& context) {
  const auto helper = std::make_shared<LazyHelper>();
  return {
      .policy = context.policy(),
      .state = context.state(),
      .clock = context.clock(),
      .random = context.random(),
      .progress = context.progress(),
      .host = [&context](const std::string& name) -> fleet::Runtime& { return context.open_host(name); },
      .snapshots = [&context]() -> snapshot::Store& {
        require_own_store(context);
        return context.snapshots();
      },
      .install_helper = [helper](fleet::Runtime& runtime,
                                 const std::string& instance) { helper->get().install(runtime, instance); },
      .connect =
          [helper, &context](fleet::Runtime& runtime, const std::string& instance) {
            return helper->get().connect(runtime, instance, context.random(),
                                         persona::limits_of(context.policy().capture));
          },
      .volume_server =
          [&context](const std::string& snapshot) {
            require_own_store(context);
            return present::nbd_server(
                {context.policy().snapshot_store, context.store_key(), snapshot, "volume"});
          },
      .say = [&context](const std::string& message) { context.say(message); }};
}

}  // namespace deskloom::cmd
