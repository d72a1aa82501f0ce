#include <CLI/CLI.hpp>

#include "event/event.hpp"
#include "frame/context.hpp"
#include "operation/collect_use.hpp"
#include "world.hpp"

namespace deskloom::cmd {

void setup(CLI::App&, EventCollectOptions&) {}

frame::ExitCode run(const EventCollectOptions&, frame::Context& context) {
  operation::CollectReport report;
  if (!context.dry_run()) {
    require_own_store(context);
    auto world = make_world(context);
    history::Store store(context.policy().history_file(), history::Store::Access::create);
    report = operation::collect_use(world, store);
  }
  context.print(frame::Document()
                    .field("connections", "Connections", report.connections)
                    .field("launches", "Launches", report.launches)
                    .field("samples", "Samples", report.samples)
                    .field("failures", report.failures.empty() ? "" : "Failed", report.failures)
                    .field("dry_run", context.dry_run() ? "Dry run" : "", context.dry_run()));
  return report.failures.empty() ? frame::ExitCode::done : frame::ExitCode::partial;
}

}  // namespace deskloom::cmd
