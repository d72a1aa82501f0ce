#include "frame/context.hpp"
#include "state/state.hpp"

namespace deskloom::cmd {

void setup(CLI::App&, StateUpgradeOptions&) {}

frame::ExitCode run(const StateUpgradeOptions&, frame::Context& context) {
  using state::Store;
  const std::filesystem::path file = context.state_file();
  const int from = Store::version_of(file);
  const std::string copy = context.dry_run() ? "" : Store::upgrade(file).string();
  context.print(
      frame::Document()
          .field("file", "State store", file.string())
          .field("from_version", "Version before", from)
          .field("to_version", context.dry_run() ? "Would become" : "Version now", Store::known_version())
          .field("backup", "Copy of the old", copy.empty() ? std::nullopt : std::optional(copy)));
  return frame::ExitCode::done;
}

}  // namespace deskloom::cmd
