#include "operation/pool_planning.hpp"

#include <algorithm>

#include "operation/plan_validity.hpp"
#include "operation/pool_hosts.hpp"

namespace deskloom::operation {
namespace {

// What one more instance leaves of the host.
void take(plan::HostCandidate& host, const plan::PlacementWish& wish) {
  ++host.instances;
  if (host.free_gpus) *host.free_gpus -= wish.gpus;
  if (host.free_memory_bytes) *host.free_memory_bytes -= wish.memory_bytes;
}

// Says where what is provisioned would be made, one after the other. It is chosen again when it is made, by
// what hosts have and cost then. Returns why the first for which there is no room has none; empty: all have.
std::string say_where(plan::PoolPlan& plan, std::vector<plan::HostCandidate> hosts,
                      const plan::PlacementWish& wish) {
  for (plan::PoolAction& action : plan.actions) {
    if (action.kind != plan::ActionKind::provision) continue;
    const auto choice = plan::choose_host(hosts, wish);
    if (!choice.host) return choice.reason;
    action.reason += hosts.size() == 1 ? "; on " + *choice.host : "; " + choice.reason;
    take(*std::ranges::find(hosts, *choice.host, &plan::HostCandidate::name), wish);
  }
  return "";
}

}  // namespace

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
  const auto wish = placement_wish(state_, pool);
  auto plan = plan::plan_pool(situation, target, now_);
  if (auto lacking = say_where(plan, candidates, wish); !lacking.empty())
    view.notes.push_back(std::move(lacking));
  plan.holds_until = std::chrono::floor<std::chrono::milliseconds>(now_ + sizing.window());
  plan.made_from = basis_of(basis_, pool);
  return {std::move(plan), sizing.steps(), sizing.alternatives(),
          plan::choose_host(candidates, wish).verdicts, std::move(view.notes)};
}

}  // namespace deskloom::operation
