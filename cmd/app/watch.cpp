#include "operation/app_watch.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>

#include "app/app.hpp"
#include "frame/context.hpp"
#include "world.hpp"

namespace deskloom::cmd {

void setup(CLI::App&, AppWatchOptions&) {}

frame::ExitCode run(const AppWatchOptions&, frame::Context& context) {
  const auto world = make_world(context);
  const auto events = context.dry_run() ? operation::look_at_apps(world) : operation::watch_apps(world);
  frame::Table table({{"user", "USER"},
                      {"app", "APP"},
                      {"component", "COMPONENT"},
                      {"event", "EVENT"},
                      {"detail", "BECAUSE"}});
  for (const auto& event : events) {
    table.add({event.user, event.app,
               event.component.empty() ? frame::Value::absent() : frame::Value(event.component), event.what,
               event.detail});
  }
  context.print(frame::Document()
                    .field("dry_run", context.dry_run() ? "Dry run" : "", context.dry_run())
                    .table("events", "", table, "all applications in use are well"));
  const bool has_failed =
      !context.dry_run() && std::ranges::any_of(events, [](const auto& e) { return e.what == "failed"; });
  return has_failed ? frame::ExitCode::partial : frame::ExitCode::done;
}

}  // namespace deskloom::cmd
