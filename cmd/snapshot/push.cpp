#include <CLI/CLI.hpp>

#include "frame/context.hpp"
#include "snapshot/other_store.hpp"
#include "snapshot/snapshot.hpp"

namespace deskloom::cmd {

void setup(CLI::App& app, SnapshotPushOptions& options) {
  add_options(app, options.choice);
  app.add_option("--to", options.target, "a store's directory, or ssh://[user@]host[:port]/directory")
      ->required()
      ->type_name("TARGET");
}

frame::ExitCode run(const SnapshotPushOptions& options, frame::Context& context) {
  check(options.choice);
  const auto address = parse_store_address(options.target);
  const auto started = context.clock().now();
  const auto listed = snapshot::transfer::list_store(context.snapshots(), options.choice.user.value_or(""));
  const auto ids = choose(options.choice, listed, context.policy().snapshot_store.string());
  OtherStore other(context, address, options.choice.rate_limit);
  const auto report = other.peer().push(context.snapshot_root(), ids, context.dry_run(), context.progress());
  return print_report(context, report, started);
}

}  // namespace deskloom::cmd
