#pragma once

#include <string>
#include <vector>

#include "plan/pool_situation.hpp"

namespace deskloom::plan {

// Whose shadow is to be started, and why.
struct ShadowChoice {
  std::string user;
  double probability = 0;  // that they come while it would be waited for
  std::string reason;
  bool operator==(const ShadowChoice&) const = default;
};

// How many ghosts a pool should have beside the shadows that are started, and why.
struct PoolTarget {
  int ghosts = 0;
  int keep = 0;  // so many are not reclaimed, because they are wanted again soon
  std::string reason;
  std::vector<ShadowChoice> shadows;
  bool operator==(const PoolTarget&) const = default;
};

// What policy asks for whatever is foretold: the floor, the schedule, or what the pool's size leaves beside
// the instances that are used, shadows included.
PoolTarget least_target(const PoolLimits& limits, int scheduled, int used);

// With what rules of scaling add to it, never above the pool's max.
PoolTarget with_extra(PoolTarget target, int extra, const PoolLimits& limits);

}  // namespace deskloom::plan
