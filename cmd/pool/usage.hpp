#pragma once

#include <vector>

#include "frame/document.hpp"
#include "plan/pool_situation.hpp"
#include "policy/policy.hpp"
#include "state/store.hpp"

namespace deskloom::cmd {

// How far a pool is from what is asked of it; the plan's own rule says what that is.
struct PoolUsage {
  plan::PoolSituation situation;
  int target_warm = 0;
  std::optional<base::Timestamp> applied_at;
};

// The pool named, or all of policy's. Throws Error(not_found).
std::vector<std::string> pools_named(const policy::Policy& policy, const std::optional<std::string>& pool);
std::vector<PoolUsage> pool_usage(const policy::Policy& policy, const state::Store& store,
                                  const std::vector<std::string>& pools, base::Timestamp now);
frame::Table pool_table(const std::vector<PoolUsage>& pools);

}  // namespace deskloom::cmd
