#pragma once

#include <string>
#include <vector>

#include "operation/pool_outlook.hpp"
#include "plan/placement.hpp"
#include "plan/pool_plan.hpp"
#include "plan/pool_sizing.hpp"

namespace deskloom::operation {

// What is, from the state store alone.
plan::PoolSituation pool_situation(const state::Store& state, const policy::Pool& pool);

// A plan with what it follows from.
struct PlannedPool {
  plan::PoolPlan plan;
  std::vector<plan::PoolStep> steps;
  std::vector<plan::SizeAlternative> alternatives;
  std::vector<plan::HostVerdict> hosts;  // where the next ghost would be made
  std::vector<std::string> notes;        // what is missing or old, and what is assumed
};

// Plans pools by what is known of them now; reads what they share once.
class PoolPlanner {
 public:
  // pools: those that will be planned. Throws as PoolOutlooks.
  PoolPlanner(const policy::Policy& policy, const state::Store& state, const std::vector<std::string>& pools,
              base::Timestamp now);

  // Each pool once; by its instances as they are at the call.
  PlannedPool plan(const policy::Pool& pool);

 private:
  const policy::Policy& policy_;
  const state::Store& state_;
  base::Timestamp now_;
  plan::PlanBasis basis_;  // as before what they read: what changes meanwhile counts as changed
  PoolOutlooks outlooks_;
};

}  // namespace deskloom::operation
