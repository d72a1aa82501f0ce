#pragma once

#include <map>
#include <string>
#include <vector>

#include "domain/instance.hpp"
#include "frame/document.hpp"
#include "policy/policy.hpp"
#include "state/store.hpp"

namespace deskloom::cmd {

// How far a pool is from what policy asks for.
struct PoolUsage {
  std::string name;
  int target_warm = 0;  // policy: max(floor, size - in_use), within max
  int warm = 0;
  int preparing = 0;  // being provisioned
  int in_use = 0;     // holds, or is being given, a persona
  int leaving = 0;    // being reclaimed
  int failed = 0;
  int max = 0;
  std::optional<base::Timestamp> applied_at;
};

PoolUsage usage_of(const policy::Pool& pool, const std::map<domain::InstanceState, int>& counts);
std::vector<PoolUsage> pool_usage(const policy::Policy& policy, const state::Store& store);
frame::Table pool_table(const std::vector<PoolUsage>& pools);

}  // namespace deskloom::cmd
