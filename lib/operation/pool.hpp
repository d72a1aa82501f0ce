#pragma once

#include <functional>
#include <string>
#include <vector>

#include "operation/world.hpp"
#include "plan/pool_plan.hpp"

namespace deskloom::operation {

// Marks as failed the pool's instances that their host no longer runs: after a power cut nobody else says so.
// Returns how many.
int mark_lost_instances(const World& world, const policy::Pool& pool);

struct ActionOutcome {
  plan::PoolAction action;
  std::string instance;  // made or reclaimed; empty when none came to be
  std::string error;     // empty: done
};

// Carries out what is left to do of a plan: reclaims first, then provisions, pool.parallel at once. Throws as
// left_to_do. stop: asked between actions; what has begun is finished.
std::vector<ActionOutcome> apply_plan(const World& world, const policy::Pool& pool,
                                      const plan::PoolPlan& plan, const std::function<bool()>& stop);

}  // namespace deskloom::operation
