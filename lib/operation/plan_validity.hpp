#pragma once

#include "plan/pool_plan.hpp"
#include "policy/policy.hpp"
#include "state/store.hpp"

namespace deskloom::operation {

// What plans that are made now would be made from; of policy, nothing yet. Throws as price_list.
plan::PlanBasis shared_basis(const policy::Policy& policy, base::Timestamp now);
// The same of this pool's.
plan::PlanBasis basis_of(plan::PlanBasis shared, const policy::Pool& pool);

// By plan::left_of. Throws Error(usage) when the plan is stale.
std::vector<plan::PoolAction> left_to_do(const state::Store& state, const policy::Pool& pool,
                                         const plan::PoolPlan& plan);

// Throws Error(usage), saying why, unless the pool's policy is as it was when the plan was made, and what is
// left to do of it can be done: its time is not over, and by newer forecasts or prices the same would be
// done. Where nothing is left, there is nothing to be late for.
void require_valid(const policy::Policy& policy, const state::Store& state, const policy::Pool& pool,
                   const plan::PoolPlan& plan, base::Timestamp now);

}  // namespace deskloom::operation
