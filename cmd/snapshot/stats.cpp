#include "snapshot/stats.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <map>

#include "base/error.hpp"
#include "frame/context.hpp"
#include "operation/catalogue.hpp"
#include "snapshot/snapshot.hpp"

namespace deskloom::cmd {
namespace {

using frame::Table;
using frame::Value;
using Stats = deskloom::snapshot::StoreStats;

constexpr const char* nobody = "-";  // a snapshot that was made without this program may have no user

Value ratio(std::uint64_t whole, std::uint64_t part) {
  if (part == 0) return Value::absent();
  return static_cast<double>(whole) / static_cast<double>(part);
}

Table layers_table(const Stats& stats) {
  Table table({{"layer", "LAYER"},
               {"snapshots", "SNAPSHOTS"},
               {"logical_bytes", "SIZE"},
               {"unique_bytes", "DIFFERENT"},
               {"stored_bytes", "STORED"},
               {"ratio", "RATIO"}});
  for (const auto& part : stats.layers) {
    table.add({part.name, part.snapshots, Value::size(part.logical_bytes), Value::size(part.unique_bytes),
               Value::size(part.stored_bytes), ratio(part.logical_bytes, part.stored_bytes)});
  }
  return table;
}

std::vector<Stats::Part> dearest_first(std::vector<Stats::Part> parts) {
  std::ranges::stable_sort(parts, std::ranges::greater(), &Stats::Part::stored_bytes);
  return parts;
}

Table users_table(const Stats& stats) {
  Table table({{"user", "USER"},
               {"snapshots", "SNAPSHOTS"},
               {"logical_bytes", "SIZE"},
               {"only_bytes", "ONLY THEIRS"},
               {"frees_bytes", "REMOVAL FREES"}});
  for (const auto& part : dearest_first(stats.groups)) {
    table.add({part.name, part.snapshots, Value::size(part.logical_bytes), Value::size(part.unique_bytes),
               Value::size(part.stored_bytes)});
  }
  return table;
}

// The groups are snapshots, by id.
Table snapshots_table(const Stats& stats, const std::map<std::string, base::Timestamp>& dates) {
  Table table({{"id", "ID"},
               {"created_at", "CREATED"},
               {"logical_bytes", "SIZE"},
               {"only_bytes", "ONLY IN IT"},
               {"frees_bytes", "REMOVAL FREES"}});
  for (const auto& part : dearest_first(stats.groups)) {
    table.add({part.name, dates.at(part.name), Value::size(part.logical_bytes),
               Value::size(part.unique_bytes), Value::size(part.stored_bytes)});
  }
  return table;
}

frame::Document totals(const Stats& stats) {
  const auto& total = stats.total;
  frame::Document document;
  document.field("snapshot_count", "Snapshots", total.snapshots)
      .field("logical_bytes", "Size of them all", Value::size(total.logical_bytes))
      .field("unique_bytes", "Different content", Value::size(total.unique_bytes))
      .field("stored_bytes", "Stored", Value::size(total.stored_bytes))
      .field("dedup_ratio", "Size to different content", ratio(total.logical_bytes, total.unique_bytes))
      .field("compression_ratio", "Different content to stored",
             ratio(total.unique_bytes, total.stored_bytes))
      .field("ratio", "Size to stored", ratio(total.logical_bytes, total.stored_bytes));
  return document;
}

}  // namespace

void setup(CLI::App& app, SnapshotStatsOptions& options) {
  app.add_option("user", options.user, "of this user's alone, snapshot by snapshot")->type_name("USER");
}

frame::ExitCode run(const SnapshotStatsOptions& options, frame::Context& context) {
  std::map<std::string, base::Timestamp> dates;
  const auto group_of = [&](const deskloom::snapshot::Snapshot& snapshot) -> std::string {
    const auto user = operation::record_of(snapshot).user;
    if (!options.user) return user.empty() ? nobody : user;
    if (user != *options.user) return "";
    dates[snapshot.id] = snapshot.created_at;
    return snapshot.id;
  };
  const auto stats = context.snapshots().stats(group_of, context.progress());
  if (options.user && dates.empty()) {
    throw base::Error(base::ErrorKind::not_found, "user '" + *options.user + "' has no snapshot",
                      "'deskloom snapshot stats' shows who has");
  }
  frame::Document document = totals(stats);
  if (!options.user) document.field("unneeded_bytes", "Needed by none", Value::size(stats.unneeded_bytes));
  document.field("damaged", stats.damaged > 0 ? "Damaged snapshots, left out" : "", stats.damaged)
      .table("layers", "By layer", layers_table(stats), "no snapshots");
  if (options.user) {
    document.table("snapshots", "Snapshots, the dearest first", snapshots_table(stats, dates));
  } else {
    document.table("users", "Users, the dearest first", users_table(stats), "no snapshots");
  }
  context.print(document);
  if (stats.damaged > 0) context.say("'deskloom snapshot verify' names the snapshots that are damaged");
  return frame::ExitCode::done;
}

}  // namespace deskloom::cmd
