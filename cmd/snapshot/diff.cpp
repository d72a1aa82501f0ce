#include "persona/diff.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>

#include "base/path.hpp"
#include "base/text.hpp"
#include "frame/context.hpp"
#include "frame/interrupt.hpp"
#include "snapshot/snapshot.hpp"
#include "snapshot/text_diff.hpp"

namespace deskloom::cmd {
namespace {

namespace snapshot = deskloom::snapshot;
using frame::Table;
using frame::Value;
using snapshot::Change;
using snapshot::ChangeKind;

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
    case ChangeKind::renamed:
      return "renamed";
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

Value shown(const std::string& path) { return path.empty() ? "." : base::printable(path); }

Table file_changes(const std::vector<Change>& changes) {
  Table table({{"change", "CHANGE"},
               {"path", "PATH"},
               {"old_path", "WAS"},
               {"entries", "WITH"},
               {"old_size_bytes", "OLD SIZE"},
               {"new_size_bytes", "NEW SIZE"}});
  for (const auto& c : changes) {
    const bool is_renamed = c.kind == ChangeKind::renamed;
    table.add({to_string(c.kind), shown(c.path), is_renamed ? shown(c.old_path) : Value::absent(),
               c.entries > 0 ? Value(c.entries) : Value::absent(),
               c.kind == ChangeKind::added ? Value::absent() : Value::size(c.old_size),
               c.kind == ChangeKind::removed ? Value::absent() : Value::size(c.new_size)});
  }
  return table;
}

// How much differs; not more than this, where that is all that is known.
Value amount(const snapshot::ContentDiff& diff) {
  Value value = Value::size(diff.differing_bytes);
  if (!diff.is_exact && diff.differing_bytes > 0) value.text = "at most " + value.text;
  return value;
}

Table layer_changes(const std::vector<persona::LayerChange>& changes) {
  Table table({{"change", "CHANGE"},
               {"layer", "LAYER"},
               {"old_size_bytes", "OLD SIZE"},
               {"new_size_bytes", "NEW SIZE"},
               {"differing_bytes", "DIFFERENT"},
               {"differing_pages", "PAGES"},
               {"exact", ""}});
  for (const auto& c : changes) {
    table.add({c.kind, c.name, c.kind == "added" ? Value::absent() : Value::size(c.old_size_bytes),
               c.kind == "removed" ? Value::absent() : Value::size(c.new_size_bytes),
               c.content ? amount(*c.content) : Value::absent(),
               c.content ? Value(c.content->differing_pages) : Value::absent(),
               c.content ? Value(c.content->is_exact) : Value::absent()});
  }
  return table;
}

// Only what the paths name, and what is below them.
void keep_below(const std::vector<std::string>& paths, std::vector<Change>& changes) {
  if (paths.empty()) return;
  const auto is_wanted = [&](const std::string& changed) {
    return std::ranges::any_of(paths, [&](std::string path) {
      while (path.ends_with('/')) path.pop_back();
      return changed == path || base::is_below(changed, path);
    });
  };
  std::erase_if(changes, [&](const Change& c) {
    return !is_wanted(c.path) && (c.kind != ChangeKind::renamed || !is_wanted(c.old_path));
  });
}

using snapshot::TextDiff;

std::string_view to_string(TextDiff::Kind kind) {
  switch (kind) {
    case TextDiff::Kind::text:
      return "text";
    case TextDiff::Kind::binary:
      return "binary";
    case TextDiff::Kind::too_large:
      return "too-large";
  }
  return "";
}

// Instead of a table, what diff(1) would print.
std::string describe(const TextDiff& diff, const std::string& path) {
  const std::string name = base::printable(path);
  if (diff.kind == TextDiff::Kind::binary) return "Binary files a/" + name + " and b/" + name + " differ\n";
  if (diff.kind == TextDiff::Kind::too_large)
    return "Files a/" + name + " and b/" + name + " differ, and are too large to compare by line\n";
  return diff.text;
}

// on_diff for each file whose content changed.
void compare_texts(const snapshot::Store& store, const snapshot::Snapshot& older,
                   const snapshot::Snapshot& newer, const std::vector<Change>& changes,
                   const std::function<void(const std::string& path, const TextDiff&)>& on_diff) {
  for (const auto& c : changes) {
    if (c.kind != ChangeKind::changed || c.type != snapshot::NodeType::file) continue;
    frame::stop_if_interrupted();
    on_diff(c.path, text_diff(store, *older.layer("tree"), *newer.layer("tree"), c.path));
  }
}

// What is read instead of a table of changes that has none.
std::string when_empty(const snapshot::Snapshot& older, const snapshot::Snapshot& newer, const char* layer) {
  const bool both = older.layer(layer) != nullptr && newer.layer(layer) != nullptr;
  return both ? "no change" : "not captured in both";
}

std::uint64_t count(const std::vector<Change>& changes, ChangeKind kind) {
  return static_cast<std::uint64_t>(
      std::count_if(changes.begin(), changes.end(), [&](const Change& c) { return c.kind == kind; }));
}

frame::Document counts(const snapshot::Snapshot& older, const snapshot::Snapshot& newer,
                       const persona::PersonaDiff& diff) {
  frame::Document document;
  document.field("older", "Older", older.id)
      .field("newer", "Newer", newer.id)
      .field("files_added", "Files added", count(diff.files, ChangeKind::added))
      .field("files_changed", "Files changed", count(diff.files, ChangeKind::changed))
      .field("files_removed", "Files removed", count(diff.files, ChangeKind::removed))
      .field("files_renamed", "Files renamed", count(diff.files, ChangeKind::renamed))
      .field("files_metadata", "Only modes, owners or times", count(diff.files, ChangeKind::metadata))
      .field("settings_changed", "Settings changed", diff.settings.size())
      .field("applications_changed", "Applications changed", diff.applications.size());
  return document;
}

}  // namespace

void setup(CLI::App& app, SnapshotDiffOptions& options) {
  app.add_option("older", options.older, "the snapshot to start from")->required()->type_name("SNAPSHOT");
  app.add_option("newer", options.newer, "the snapshot to compare with it")
      ->required()
      ->type_name("SNAPSHOT");
  app.add_option("paths", options.paths, "only these and what is below them")->type_name("PATH");
  auto* stat = app.add_flag("--stat", options.stat, "only the counts");
  app.add_flag("--content", options.content, "line by line what changed in text files")->excludes(stat);
}

frame::ExitCode run(const SnapshotDiffOptions& options, frame::Context& context) {
  auto& store = context.snapshots();
  const auto older = store.get(context.catalogue().resolve(options.older, std::nullopt).id);
  const auto newer = store.get(context.catalogue().resolve(options.newer, std::nullopt).id);
  auto diff = persona::diff(store, older, newer);
  keep_below(options.paths, diff.files);
  if (options.content && !context.json()) {
    compare_texts(store, older, newer, diff.files, [&](const std::string& path, const TextDiff& text) {
      context.print_foreign(describe(text, path));
    });
    return frame::ExitCode::done;
  }
  frame::Document document = counts(older, newer, diff);
  if (!diff.layers.empty() || context.json()) document.table("layers", "Layers", layer_changes(diff.layers));
  if (!options.stat) {
    document
        .table("applications", "Applications", value_changes(diff.applications, "COMMAND"),
               when_empty(older, newer, "profile"))
        .table("settings", "Settings", value_changes(diff.settings, "SETTING"),
               when_empty(older, newer, "profile"))
        .table("files", "Files", file_changes(diff.files), when_empty(older, newer, "tree"));
  }
  if (options.content) {
    Table contents({{"path", "PATH"}, {"kind", "KIND"}, {"diff", "DIFF"}});
    compare_texts(store, older, newer, diff.files, [&](const std::string& path, const TextDiff& text) {
      const bool is_text = text.kind == TextDiff::Kind::text;
      contents.add(
          {base::printable(path), to_string(text.kind), is_text ? Value(text.text) : Value::absent()});
    });
    document.table("content", "Content", contents, "no change");
  }
  context.print(document);
  return frame::ExitCode::done;
}

}  // namespace deskloom::cmd
