#include "pool/usage.hpp"

#include <algorithm>

namespace deskloom::cmd {

PoolUsage usage_of(const policy::Pool& pool, const std::map<domain::InstanceState, int>& counts) {
  using domain::InstanceState;
  PoolUsage usage;
  usage.name = pool.name;
  usage.max = pool.max;
  for (const auto& [state, count] : counts) {
    if (state == InstanceState::warm) usage.warm += count;
    if (state == InstanceState::provisioning) usage.preparing += count;
    if (state == InstanceState::reclaiming) usage.leaving += count;
    if (state == InstanceState::failed) usage.failed += count;
    if (domain::holds_persona(state) && state != InstanceState::reclaiming &&
        state != InstanceState::failed) {
      usage.in_use += count;
    }
  }
  usage.target_warm =
      std::clamp(pool.size - usage.in_use, pool.floor, std::max(pool.floor, pool.max - usage.in_use));
  return usage;
}

std::vector<PoolUsage> pool_usage(const policy::Policy& policy, const state::Store& store) {
  auto counts = store.instances.counts();
  std::vector<PoolUsage> result;
  for (const auto& [name, pool] : policy.pools) {
    result.push_back(usage_of(pool, counts[name]));
    if (const auto record = store.pools.find(name)) result.back().applied_at = record->applied_at;
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
  for (const PoolUsage& p : pools) {
    table.add(
        {p.name, p.target_warm, p.warm, p.preparing, p.in_use, p.leaving, p.failed, p.max, p.applied_at});
  }
  return table;
}

}  // namespace deskloom::cmd
