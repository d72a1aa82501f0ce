#include "pool/usage.hpp"

#include "plan/pool_plan.hpp"

namespace deskloom::cmd {

std::vector<PoolUsage> pool_usage(const policy::Policy& policy, const state::Store& store) {
  std::vector<PoolUsage> result;
  for (const auto& [name, pool] : policy.pools) {
    const auto record = store.pools.find(name);
    PoolUsage usage;
    usage.situation =
        plan::situation_of(name, record ? record->generation : 0, {pool.floor, pool.size, pool.max},
                           store.instances.list({.pool = name}));
    usage.target_warm = plan::FixedDemand().target(usage.situation).warm;
    if (record) usage.applied_at = record->applied_at;
    result.push_back(std::move(usage));
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
