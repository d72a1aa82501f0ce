#pragma once

#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "domain/instance.hpp"
#include "plan/plan_basis.hpp"
#include "plan/pool_situation.hpp"
#include "plan/pool_target.hpp"

namespace deskloom::plan {

enum class ActionKind { provision, reclaim, shadow };
std::string_view to_string(ActionKind kind);
ActionKind parse_action_kind(std::string_view text);  // throws Error(usage)

struct PoolAction {
  ActionKind kind = ActionKind::provision;
  std::optional<std::string> instance;  // which one to reclaim; unset for others
  std::string reason;
  std::optional<std::string> user{};  // whose shadow is to be started; unset for others
  bool operator==(const PoolAction&) const = default;
};

// What to do to one pool. Actions are to be carried out in their order: reclaims make room for provisions,
// and shadows are made of ghosts.
struct PoolPlan {
  std::string pool;
  base::Timestamp made_at;
  base::Timestamp holds_until;  // the end of the window whose demand it covers
  PlanBasis made_from;
  PoolTarget target;
  std::vector<PoolAction> actions;   // empty: the pool is as it should be
  std::vector<std::string> reasons;  // why there is not more, or less, to do
  bool operator==(const PoolPlan&) const = default;
};

// instances: the pool's, in any order; reclaimed ones are left out.
PoolSituation situation_of(const std::string& pool, const PoolLimits& limits,
                           std::span<const domain::Instance> instances);

// Reclaims what failed and ghosts beyond those to keep (oldest first), provisions what is missing, shadows
// included, and starts these. Instances that are provisioning count as coming, so a plan made while another
// is carried out asks for nothing twice; they never cause a reclaim, because they are not there yet. Never
// leads above max, and back below it as far as ghosts allow. Planning again after all actions were done gives
// no actions.
PoolPlan plan_pool(const PoolSituation& situation, const PoolTarget& target, base::Timestamp made_at);

// What is left to do of a plan.
struct LeftOfPlan {
  std::vector<PoolAction> actions;  // none: the pool is as the plan wants it
  std::string why_stale;            // empty: it can be carried out
};
// Of a pool as it was when the plan was made, all of it; of one that the plan, or something else, has changed
// since, what its target still asks for. A plan is stale when that is more than it says: it would provision
// more, or reclaim another instance. served: users who have a desktop, of those whose shadows it starts.
LeftOfPlan left_of(const PoolPlan& plan, const PoolSituation& situation, const std::set<std::string>& served);

}  // namespace deskloom::plan
