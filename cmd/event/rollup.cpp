#include <CLI/CLI.hpp>

#include "event/event.hpp"
#include "frame/context.hpp"
#include "history/rollup.hpp"

namespace deskloom::cmd {

void setup(CLI::App&, EventRollupOptions&) {}

frame::ExitCode run(const EventRollupOptions&, frame::Context& context) {
  const policy::History& kept = context.policy().history;
  const history::KeepRule rule{std::chrono::days(kept.samples_days),
                               std::chrono::days(kept.five_minutes_days), std::chrono::days(kept.days)};
  history::Store store(context.policy().history_file(), history::Store::Access::write);
  const auto report = history::roll_up(store, context.clock().now(), rule, context.dry_run());
  context.print(frame::Document()
                    .field("hours", "Hours rolled up", report.hours)
                    .field("samples_removed", "Samples removed", report.samples_removed)
                    .field("five_minutes_removed", "Five minutes removed", report.five_minutes_removed)
                    .field("events_removed", "Older removed", report.events_removed)
                    .field("dry_run", context.dry_run() ? "Dry run" : "", context.dry_run()));
  return frame::ExitCode::done;
}

}  // namespace deskloom::cmd
