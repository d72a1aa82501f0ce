#include <fmt/format.h>

#include <algorithm>

#include "frame/context.hpp"
#include "host/host_table.hpp"
#include "pool/usage.hpp"
#include "top/top.hpp"

namespace deskloom::cmd {
namespace {

using frame::Table;
using frame::Value;

constexpr std::size_t most_named = 6;  // of a kind: all of status is to fit on a screen

Value age(base::Timestamp now, base::Timestamp then) {
  return Value::duration_ms(std::chrono::duration_cast<std::chrono::milliseconds>(now - then).count());
}

// What a person has to look at, worst first.
Table attention_table(const std::vector<PoolUsage>& pools, const std::vector<domain::Operation>& operations,
                      const state::Store& store) {
  Table table({{"object", "OBJECT"}, {"problem", "PROBLEM"}});
  for (const auto& [pool, target_warm, applied_at] : pools) {
    const int warm = static_cast<int>(pool.warm.size());
    if (warm >= target_warm) continue;
    table.add({"pool " + pool.pool, fmt::format("{} of {} warm, {} in preparation: run 'deskloom pool apply'",
                                                warm, target_warm, pool.provisioning)});
  }
  for (const auto& host : store.hosts.list()) {
    if (!host.reachable) table.add({"host " + host.name, "unreachable: " + host.detail});
  }
  const auto failed = store.instances.list({.state = domain::InstanceState::failed});
  for (std::size_t i = 0; i < std::min(failed.size(), most_named); ++i) {
    table.add({"instance " + failed[i].name, "failed: see 'deskloom instance show'"});
  }
  if (failed.size() > most_named) {
    table.add({fmt::format("{} more instances", failed.size() - most_named),
               "failed: see 'deskloom instance list --state failed'"});
  }
  for (const auto& operation : operations) {
    if (base::is_alive(operation.owner)) continue;
    table.add(
        {"operation " + operation.id, fmt::format("{} of {} was interrupted: the next pool apply resumes it",
                                                  domain::to_string(operation.kind), operation.instance)});
  }
  return table;
}

Table state_table(const state::Store& store) {
  std::map<domain::InstanceState, int> totals;
  for (const auto& [pool, counts] : store.instances.counts()) {
    for (const auto& [state, count] : counts) totals[state] += count;
  }
  Table table({{"state", "STATE"}, {"count", "INSTANCES"}});
  for (const auto& [state, count] : totals) table.add({domain::to_string(state), count});
  return table;
}

Table operation_table(const std::vector<domain::Operation>& operations, base::Timestamp now) {
  Table table({{"id", "ID"},
               {"kind", "OPERATION"},
               {"instance", "INSTANCE"},
               {"user", "USER"},
               {"owner_pid", "PROCESS"},
               {"owner_alive", "ALIVE"},
               {"started_at", ""},
               {"age_ms", "FOR"}});
  for (const auto& o : operations) {
    table.add({o.id, domain::to_string(o.kind), o.instance, o.user, o.owner.pid, base::is_alive(o.owner),
               o.started_at, age(now, o.started_at)});
  }
  return table;
}

// The users whose work is at stake: those that hold an instance, the longest unsaved first.
Table unsaved_table(const state::Store& store, base::Timestamp now) {
  std::multimap<base::Timestamp, std::pair<std::string, std::optional<domain::SnapshotRecord>>> by_age;
  for (const auto& instance : store.instances.list()) {
    if (!instance.user) continue;
    const auto latest = store.snapshots.latest(*instance.user);
    by_age.emplace(latest ? latest->created_at : base::Timestamp::min(), std::pair(*instance.user, latest));
  }
  Table table({{"user", "USER"}, {"snapshot", "NEWEST SNAPSHOT"}, {"created_at", ""}, {"age_ms", "AGE"}});
  std::size_t shown = 0;
  for (const auto& [at, entry] : by_age) {
    if (++shown > most_named) break;
    const auto& [user, latest] = entry;
    if (latest) {
      table.add({user, latest->id, latest->created_at, age(now, latest->created_at)});
    } else {
      table.add({user, Value::absent(), Value::absent(), Value::absent()});
    }
  }
  return table;
}

}  // namespace

void setup(CLI::App&, StatusOptions&) {}

frame::ExitCode run(const StatusOptions&, frame::Context& context) {
  const state::Store& store = context.state();
  const base::Timestamp now = context.clock().now();
  const auto pools = pool_usage(context.policy(), store, pools_named(context.policy(), {}), now);
  const auto operations = store.operations.running();
  context.print(
      frame::Document()
          .field("state_store", "State store", context.state_file().string())
          .field("snapshots", "Snapshots", store.snapshots.count())
          .table("attention", "Needs attention", attention_table(pools, operations, store), "nothing")
          .table("pools", "Pools", pool_table(pools))
          .table("instances", "Instances", state_table(store))
          .table("operations", "Running operations", operation_table(operations, now))
          .table("sessions", "Longest unsaved", unsaved_table(store, now), "nobody holds an instance")
          .table("hosts", "Hosts", host_table(context)));
  return frame::ExitCode::done;
}

}  // namespace deskloom::cmd
