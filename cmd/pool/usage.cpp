#include "pool/usage.hpp"

#include "operation/pool_planning.hpp"

namespace deskloom::cmd {

std::vector<std::string> pools_named(const policy::Policy& policy, const std::optional<std::string>& pool) {
  if (pool) return {policy.pool(*pool).name};
  std::vector<std::string> names;
  for (const auto& [name, described] : policy.pools) names.push_back(name);
  return names;
}

std::vector<PoolUsage> pool_usage(const policy::Policy& policy, const state::Store& store,
                                  const std::vector<std::string>& pools, base::Timestamp now) {
  operation::PoolPlanner planner(policy, store, pools, now);
  std::vector<PoolUsage> result;
  for (const auto& name : pools) {
    const auto& pool = policy.pool(name);
    const auto record = store.pools.find(name);
    result.push_back({operation::pool_situation(store, pool), planner.plan(pool).plan.target.ghosts,
                      record ? record->applied_at : std::nullopt});
  }
  return result;
}

frame::Table pool_table(const std::vector<PoolUsage>& pools) {
  frame::Table table({{"name", "POOL"},
                      {"target_warm", "TARGET"},
                      {"warm", "WARM"},
                      {"preparing", "PREPARING"},
                      {"in_use", "IN USE"},
                      {"leaving", "LEAVING"},
                      {"failed", "FAILED"},
                      {"max", "MAX"},
                      {"applied_at", "APPLIED"}});
  for (const auto& [s, target_warm, applied_at] : pools) {
    table.add({s.pool, target_warm, s.warm.size(), s.provisioning, s.in_use, s.reclaiming, s.failed.size(),
               s.limits.max, applied_at});
  }
  return table;
}

}  // namespace deskloom::cmd
