#include "operation/remove.hpp"

#include <CLI/CLI.hpp>

#include "frame/context.hpp"
#include "frame/interrupt.hpp"
#include "snapshot/snapshot.hpp"

namespace deskloom::cmd {
namespace {

using frame::Value;

void add_row(frame::Table& table, const operation::Removal& removal) {
  if (removal.record) {
    table.add({removal.id, removal.record->user, removal.record->created_at});
  } else {
    table.add({removal.id, Value::absent(), Value::absent()});
  }
}

}  // namespace

void setup(CLI::App& app, SnapshotRemoveOptions& options) {
  app.add_option("snapshots", options.snapshots, "their ids, or the starts of them")
      ->required()
      ->type_name("SNAPSHOT");
}

frame::ExitCode run(const SnapshotRemoveOptions& options, frame::Context& context) {
  auto& store = context.snapshots();
  const auto& catalogue = context.catalogue();
  const auto removals = operation::find_removals(store, catalogue, options.snapshots);
  frame::Table table({{"id", "ID"}, {"user", "USER"}, {"created_at", "CREATED"}});
  for (const auto& removal : removals) {
    frame::stop_if_interrupted();
    if (!context.dry_run())
      operation::remove(store, catalogue, removal, {context.lock_timeout(), context.on_wait()});
    add_row(table, removal);
  }
  context.print(frame::Document()
                    .field("dry_run", context.dry_run() ? "Dry run" : "", context.dry_run())
                    .table("snapshots", context.dry_run() ? "Would remove" : "Removed", table));
  context.say("'deskloom snapshot gc' frees what only they needed");
  return frame::ExitCode::done;
}

}  // namespace deskloom::cmd
