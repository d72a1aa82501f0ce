#include "persona/diff.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>

#include "base/text.hpp"
#include "frame/context.hpp"
#include "snapshot/snapshot.hpp"

namespace deskloom::cmd {
namespace {

using deskloom::snapshot::Change;
using deskloom::snapshot::ChangeKind;
using frame::Table;
using frame::Value;

std::string_view to_string(ChangeKind kind) {
  switch (kind) {
    case ChangeKind::added:
      return "added";
    case ChangeKind::removed:
      return "removed";
    case ChangeKind::changed:
      return "changed";
    case ChangeKind::metadata:
      return "metadata";
  }
  return "";
}

Table value_changes(const std::vector<persona::ValueChange>& changes, const std::string& title) {
  Table table({{"change", "CHANGE"}, {"name", title}, {"before", "BEFORE"}, {"after", "AFTER"}});
  for (const auto& c : changes) {
    table.add({c.kind, c.name, c.kind == "added" ? Value::absent() : Value(c.before),
               c.kind == "removed" ? Value::absent() : Value(c.after)});
  }
  return table;
}

Table file_changes(const std::vector<Change>& changes) {
  Table table({{"change", "CHANGE"},
               {"path", "PATH"},
               {"old_size_bytes", "OLD SIZE"},
               {"new_size_bytes", "NEW SIZE"}});
  for (const auto& c : changes) {
    table.add({to_string(c.kind), c.path.empty() ? "." : base::printable(c.path),
               c.kind == ChangeKind::added ? Value::absent() : Value::size(c.old_size),
               c.kind == ChangeKind::removed ? Value::absent() : Value::size(c.new_size)});
  }
  return table;
}

std::uint64_t count(const std::vector<Change>& changes, ChangeKind kind) {
  return static_cast<std::uint64_t>(
      std::count_if(changes.begin(), changes.end(), [&](const Change& c) { return c.kind == kind; }));
}

}  // namespace

void setup(CLI::App& app, SnapshotDiffOptions& options) {
  app.add_option("older", options.older, "the snapshot to start from")->required()->type_name("SNAPSHOT");
  app.add_option("newer", options.newer, "the snapshot to compare with it")
      ->required()
      ->type_name("SNAPSHOT");
  app.add_flag("--stat", options.stat, "only the counts");
}

frame::ExitCode run(const SnapshotDiffOptions& options, frame::Context& context) {
  const auto older = context.catalogue().resolve(options.older, std::nullopt);
  const auto newer = context.catalogue().resolve(options.newer, std::nullopt);
  auto& store = context.snapshots();
  const auto diff = persona::diff(store, store.get(older.id), store.get(newer.id));
  frame::Document document;
  document.field("older", "Older", older.id)
      .field("newer", "Newer", newer.id)
      .field("files_added", "Files added", count(diff.files, ChangeKind::added))
      .field("files_changed", "Files changed", count(diff.files, ChangeKind::changed))
      .field("files_removed", "Files removed", count(diff.files, ChangeKind::removed))
      .field("files_metadata", "Only modes, owners or times", count(diff.files, ChangeKind::metadata))
      .field("settings_changed", "Settings changed", diff.settings.size())
      .field("applications_changed", "Applications changed", diff.applications.size());
  if (!options.stat) {
    document.table("applications", "Applications", value_changes(diff.applications, "COMMAND"), "no change")
        .table("settings", "Settings", value_changes(diff.settings, "SETTING"), "no change")
        .table("files", "Files", file_changes(diff.files), "no change");
  }
  context.print(document);
  return frame::ExitCode::done;
}

}  // namespace deskloom::cmd
