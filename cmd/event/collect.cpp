#include <CLI/CLI.hpp>

#include "event/event.hpp"
#include "frame/context.hpp"
#include "operation/attendance.hpp"
#include "operation/collect_use.hpp"
#include "world.hpp"

namespace deskloom::cmd {

namespace {

frame::Table noticed_table(const std::vector<operation::Noticed>& noticed) {
  frame::Table table({{"user", "USER"},
                      {"instance", "INSTANCE"},
                      {"event", "EVENT"},
                      {"reason", "BECAUSE"},
                      {"notes", "NOTES"}});
  for (const auto& n : noticed)
    table.add({n.user, n.instance, n.has_come ? "connect" : "disconnect", n.reason, n.notes});
  return table;
}

}  // namespace

void setup(CLI::App& app, EventCollectOptions& options) {
  app.add_flag(
      "--record-only", options.record_only,
      "of users who are seen to have come or left: neither wake, nor capture or shrink their desktops");
}

frame::ExitCode run(const EventCollectOptions& options, frame::Context& context) {
  operation::CollectReport report;
  operation::AttendanceReport attendance;
  if (!context.dry_run()) {
    require_own_store(context);
    auto world = make_world(context);
    // First: what it changes is then recorded with the rest.
    attendance = operation::notice_attendance(world, options.record_only);
    history::Store store(context.policy().history_file(), history::Store::Access::create);
    report = operation::collect_use(world, store);
    report.failures.insert(report.failures.begin(), attendance.failures.begin(), attendance.failures.end());
  }
  context.print(frame::Document()
                    .field("connections", "Connections", report.connections)
                    .field("launches", "Launches", report.launches)
                    .field("samples", "Samples", report.samples)
                    .field("failures", report.failures.empty() ? "" : "Failed", report.failures)
                    .table("noticed", "Noticed", noticed_table(attendance.noticed), "")
                    .field("dry_run", context.dry_run() ? "Dry run" : "", context.dry_run()));
  return report.failures.empty() ? frame::ExitCode::done : frame::ExitCode::partial;
}

}  // namespace deskloom::cmd
