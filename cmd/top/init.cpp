#include "frame/context.hpp"
#include "top/top.hpp"

namespace deskloom::cmd {

void setup(CLI::App&, InitOptions&) {}

frame::ExitCode run(const InitOptions&, frame::Context& context) {
  // Another store than policy's, such as a disk to carry away, needs no state store.
  const bool wants_state = !context.is_foreign_store();
  const std::filesystem::path file = context.state_file();
  const std::filesystem::path store = context.policy().snapshot_store;
  const bool new_file = wants_state && !std::filesystem::exists(file);
  const bool new_store = !std::filesystem::exists(store);
  if (!context.dry_run()) {
    if (wants_state) state::Store::init(file);
    snapshot::Store::init(store);
  }
  const std::string title = context.dry_run() ? "Would be created" : "Created";
  context.print(frame::Document()
                    .field("state_store", "State store",
                           wants_state ? frame::Value(file.string()) : frame::Value::absent())
                    .field("state_store_created", title, new_file)
                    .field("snapshot_store", "Snapshot store", store.string())
                    .field("snapshot_store_created", title, new_store));
  return frame::ExitCode::done;
}

}  // namespace deskloom::cmd
