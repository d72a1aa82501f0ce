#include <CLI/CLI.hpp>
#include <algorithm>

#include "frame/context.hpp"
#include "snapshot/other_store.hpp"
#include "snapshot/snapshot.hpp"

namespace deskloom::cmd {
namespace {

// Durable in the store before they are recorded: what a kill leaves out the next capture takes in.
void record(frame::Context& context, const std::vector<std::string>& ids,
            const snapshot::transfer::Report& report) {
  const auto& catalogue = context.catalogue();
  for (const std::string& id : ids) {
    const auto failed = std::ranges::find(report.failed, id, &snapshot::transfer::Failed::snapshot);
    if (failed != report.failed.end() || !catalogue.beginning_with(id, std::nullopt).empty()) continue;
    catalogue.add(operation::record_of(context.snapshots().get(id)));
  }
}

}  // namespace

void setup(CLI::App& app, SnapshotPullOptions& options) {
  add_options(app, options.choice);
  app.add_option("--from", options.source, "a store's directory, or ssh://[user@]host[:port]/directory")
      ->required()
      ->type_name("SOURCE");
}

frame::ExitCode run(const SnapshotPullOptions& options, frame::Context& context) {
  check(options.choice);
  const auto address = parse_store_address(options.source);
  const auto started = context.clock().now();
  context.snapshots();  // which must be there before anybody is asked
  OtherStore other(context, address, options.choice.rate_limit);
  const auto ids = choose(options.choice, other.peer().list(options.choice.user.value_or("")), address.text);
  const auto report = other.peer().pull(context.snapshot_root(), ids, context.dry_run(), context.progress());
  if (!context.dry_run()) record(context, ids, report);
  return print_report(context, report, started);
}

}  // namespace deskloom::cmd
