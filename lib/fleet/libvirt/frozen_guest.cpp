#include "fleet/libvirt/frozen_guest.hpp"

#include "base/error.hpp"

namespace deskloom::fleet {
namespace {

using std::chrono::steady_clock;

constexpr auto write_out_timeout = std::chrono::seconds(20);
constexpr int thaw_tries = 3;

}  // namespace

FrozenGuest::FrozenGuest(const Connection& connection, const std::string& instance)
    : agent_(connection, instance) {
  try {
    agent_.reach();
    write_out();
    asked_at_ = steady_clock::now();
    to_be_thawed_ = true;  // also when freezing fails: it may have failed half-way, or be late
    count_ = agent_.freeze();
    frozen_ = count_ > 0;
    if (!frozen_) why_not_ = "not frozen: the guest has no file system mounted that can be";
  } catch (const base::Error& error) {
    why_not_ = std::string("not frozen: ") + error.what();
  }
}

FrozenGuest::~FrozenGuest() {
  try {
    thaw();
  } catch (const base::Error&) {
    // An error is on its way already; the next call to the agent tries again.
  }
}

void FrozenGuest::write_out() {
  try {
    agent_.exec({"/bin/sync"}, write_out_timeout);
  } catch (const base::Error&) {
    // The freeze does it too, only with the guest stopped longer.
  }
}

void FrozenGuest::thaw() {
  if (!std::exchange(to_be_thawed_, false)) return;
  for (int tries = 1;; ++tries) {
    try {
      const auto thawed = agent_.thaw();
      frozen_ms_ = std::chrono::duration<double, std::milli>(steady_clock::now() - asked_at_).count();
      if (frozen_ && thawed < count_) {
        frozen_ = false;
        why_not_ = "not frozen: something else thawed the guest meanwhile";
      }
      return;
    } catch (const base::Error& error) {
      // One that could not be frozen cannot be thawed for the same reason.
      if (!frozen_) return;
      if (tries == thaw_tries) throw;
    }
  }
}

}  // namespace deskloom::fleet
