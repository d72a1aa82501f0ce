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

// Throws Error(usage) when the pool has changed since the plan was made.
void require_fresh(const state::Store& state, const policy::Pool& pool, const plan::PoolPlan& plan);

// Carries a plan out: reclaims first, then provisions, pool.parallel at once. Throws as require_fresh. stop:
// asked between actions; what has begun is finished.
std::vector<ActionOutcome> apply_plan(const World& world, const policy::Pool& pool,
                                      const plan::PoolPlan& plan, const std::function<bool()>& stop);

}  // namespace deskloom::operation
