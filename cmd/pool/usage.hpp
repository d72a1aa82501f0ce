#pragma once

#include <vector>

#include "frame/document.hpp"
#include "plan/pool_situation.hpp"
#include "policy/policy.hpp"
#include "state/store.hpp"

namespace deskloom::cmd {

// How far a pool is from what policy asks for; the plan's own rule says what is asked.
struct PoolUsage {
  plan::PoolSituation situation;
  int target_warm = 0;
  std::optional<base::Timestamp> applied_at;
};

std::vector<PoolUsage> pool_usage(const policy::Policy& policy, const state::Store& store);
frame::Table pool_table(const std::vector<PoolUsage>& pools);

}  // namespace deskloom::cmd
