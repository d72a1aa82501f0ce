#include <CLI/CLI.hpp>

#include "frame/context.hpp"
#include "operation/prune.hpp"
#include "snapshot/snapshot.hpp"

namespace deskloom::cmd {
namespace {

plan::KeepRule rule_of(const SnapshotPruneOptions& options, const policy::Keep& keep) {
  return {options.last.value_or(keep.last), options.hourly.value_or(keep.hourly),
          options.daily.value_or(keep.daily), options.weekly.value_or(keep.weekly)};
}

}  // namespace

void setup(CLI::App& app, SnapshotPruneOptions& options) {
  constexpr int most = 1'000'000;
  app.add_option("user", options.user, "only this user's")->type_name("USER");
  app.add_option("--keep-last", options.last, "keep the newest N")
      ->check(CLI::Range(1, most))
      ->type_name("N");
  app.add_option("--keep-hourly", options.hourly, "and the newest of each of N hours")
      ->check(CLI::Range(0, most))
      ->type_name("N");
  app.add_option("--keep-daily", options.daily, "and the newest of each of N days")
      ->check(CLI::Range(0, most))
      ->type_name("N");
  app.add_option("--keep-weekly", options.weekly, "and the newest of each of N weeks")
      ->check(CLI::Range(0, most))
      ->type_name("N");
}

frame::ExitCode run(const SnapshotPruneOptions& options, frame::Context& context) {
  const auto rule = rule_of(options, context.policy().keep);
  frame::Table table(
      {{"id", "ID"}, {"user", "USER"}, {"created_at", "CREATED"}, {"keep", "KEEP"}, {"reason", "BECAUSE"}});
  std::size_t removed = 0, kept = 0;
  for (const auto& [snapshot, decision, is_spared] :
       operation::prune(context.snapshots(), context.catalogue(), options.user, rule, context.dry_run())) {
    ++(decision.keep ? kept : removed);
    // What stays of everybody's is too much to read.
    if (decision.keep && !is_spared && !options.user) continue;
    table.add({snapshot.id, snapshot.user, snapshot.created_at, decision.keep, decision.reason});
  }
  context.print(frame::Document()
                    .field("removed", context.dry_run() ? "Would remove" : "Removed", removed)
                    .field("kept", "Kept", kept)
                    .field("dry_run", context.dry_run() ? "Dry run" : "", context.dry_run())
                    .table("snapshots", "Snapshots", table, "none to remove"));
  if (removed > 0) context.say("'deskloom snapshot gc' frees what only they needed");
  return frame::ExitCode::done;
}

}  // namespace deskloom::cmd
