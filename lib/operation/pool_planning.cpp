#include "operation/pool_planning.hpp"

#include "operation/plan_validity.hpp"
#include "operation/pool_hosts.hpp"

namespace deskloom::operation {

plan::PoolSituation pool_situation(const state::Store& state, const policy::Pool& pool) {
  const auto record = state.pools.find(pool.name);
  auto situation = plan::situation_of(pool.name, {pool.floor, pool.size, pool.max},
                                      state.instances.list({.pool = pool.name}));
  situation.extra = record ? record->extra : 0;
  return situation;
}

PoolPlanner::PoolPlanner(const policy::Policy& policy, const state::Store& state,
                         const std::vector<std::string>& pools, base::Timestamp now)
    : policy_(policy),
      state_(state),
      now_(now),
      basis_(shared_basis(policy, now)),
      outlooks_(policy, state, pools, now) {}

PlannedPool PoolPlanner::plan(const policy::Pool& pool) {
  PoolView view = outlooks_.take(pool);
  const auto situation = pool_situation(state_, pool);
  const plan::PoolSizing sizing(view.outlook, situation);
  if (auto shortage = sizing.shortage(); !shortage.empty()) view.notes.push_back(std::move(shortage));
  const auto candidates = host_candidates(policy_, state_, pool, outlooks_.prices(), now_);
  const auto target = plan::with_extra(sizing.target(), situation.extra, situation.limits);
  auto plan = plan::plan_pool(situation, target, now_);
  plan.holds_until = std::chrono::floor<std::chrono::milliseconds>(now_ + sizing.window());
  plan.made_from = basis_of(basis_, pool);
  return {std::move(plan), sizing.steps(), sizing.alternatives(),
          plan::choose_host(candidates, placement_wish(state_, pool)).verdicts, std::move(view.notes)};
}

}  // namespace deskloom::operation
