#include "plan/pool_plan.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

#include "domain/names.hpp"

namespace deskloom::plan {
namespace {

constexpr domain::Names<ActionKind, 3> kind_names{{
    {ActionKind::provision, "provision"},
    {ActionKind::reclaim, "reclaim"},
    {ActionKind::shadow, "shadow"},
}};

void place(const domain::Instance& instance, PoolSituation& situation) {
  switch (instance.state) {
    case domain::InstanceState::provisioning:
      ++situation.provisioning;
      break;
    case domain::InstanceState::warm:
      situation.warm.push_back(instance.name);
      break;
    case domain::InstanceState::persona_applied_available:
      ++situation.shadows;
      ++situation.in_use;
      break;
    case domain::InstanceState::stitching:
    case domain::InstanceState::connected:
    case domain::InstanceState::disconnected:
    case domain::InstanceState::migrating:
    case domain::InstanceState::serving:
      ++situation.in_use;
      break;
    case domain::InstanceState::reclaiming:
      ++situation.reclaiming;
      break;
    case domain::InstanceState::failed:
      situation.failed.push_back(instance.name);
      break;
    case domain::InstanceState::reclaimed:
      break;
  }
}

// Instances that stay once the failed ones are gone.
int staying(const PoolSituation& s) {
  return s.provisioning + s.in_use + s.reclaiming + static_cast<int>(s.warm.size());
}

void reclaim_failed(const PoolSituation& situation, PoolPlan& plan) {
  for (const auto& name : situation.failed)
    plan.actions.push_back({ActionKind::reclaim, name, "it failed and cannot serve"});
}

// Ghosts and those that shadows are made of.
int wanted(const PoolPlan& plan) { return plan.target.ghosts + static_cast<int>(plan.target.shadows.size()); }

// "3 wanted", "3 wanted and 2 for shadows".
std::string wish_of(const PoolTarget& target) {
  if (target.shadows.empty()) return fmt::format("{} wanted", target.ghosts);
  return fmt::format("{} wanted and {} for shadows", target.ghosts, target.shadows.size());
}

void reclaim_excess(const PoolSituation& situation, PoolPlan& plan) {
  const int warm = static_cast<int>(situation.warm.size());
  const int new_shadows = static_cast<int>(plan.target.shadows.size());
  const int above_target = warm - std::max(wanted(plan), plan.target.keep + new_shadows);
  const int above_max = staying(situation) - situation.limits.max;
  const int count = std::clamp(std::max(above_target, above_max), 0, warm);
  const std::string reason =
      above_target >= above_max
          ? fmt::format("{} warm, {}; oldest first", warm, wish_of(plan.target))
          : fmt::format("{} instances, max {}; oldest first", staying(situation), situation.limits.max);
  for (int i = 0; i < count; ++i)
    plan.actions.push_back({ActionKind::reclaim, situation.warm[static_cast<std::size_t>(i)], reason});
}

void provision_missing(const PoolSituation& situation, PoolPlan& plan) {
  const int warm = static_cast<int>(situation.warm.size());
  const int missing = wanted(plan) - warm - situation.provisioning;
  if (missing <= 0) return;
  const int room = std::max(0, situation.limits.max - staying(situation));
  if (missing > room)
    plan.reasons.push_back(
        fmt::format("{} more wanted, but max {} leaves room for {}", missing, situation.limits.max, room));
  const std::string reason =
      fmt::format("{} warm and {} coming, {}", warm, situation.provisioning, wish_of(plan.target));
  plan.actions.insert(plan.actions.end(), static_cast<std::size_t>(std::min(missing, room)),
                      {ActionKind::provision, std::nullopt, reason});
}

// Of ghosts that are there, or made by this plan; what another command is making is not there yet.
void start_shadows(const PoolSituation& situation, PoolPlan& plan) {
  std::size_t ghosts = situation.warm.size();
  for (const PoolAction& action : plan.actions) {
    if (action.kind == ActionKind::provision) ++ghosts;
    if (action.kind == ActionKind::reclaim && std::ranges::count(situation.warm, *action.instance) > 0)
      --ghosts;
  }
  const auto& wanted_shadows = plan.target.shadows;
  const std::size_t count = std::min(wanted_shadows.size(), ghosts);
  for (const ShadowChoice& shadow : std::span(wanted_shadows).first(count))
    plan.actions.push_back({ActionKind::shadow, std::nullopt, shadow.reason, shadow.user});
  if (count < wanted_shadows.size())
    plan.reasons.push_back(fmt::format("{} of {} shadows wait until there are ghosts for them",
                                       wanted_shadows.size() - count, wanted_shadows.size()));
}

std::string text_of(const PoolAction& action) {
  if (action.kind == ActionKind::reclaim) return "reclaim " + *action.instance;
  if (action.kind == ActionKind::shadow) return "start a shadow of " + *action.user;
  return "provision another instance";
}

void say_what_stays(const PoolSituation& situation, PoolPlan& plan) {
  const int warm = static_cast<int>(situation.warm.size());
  const int left = warm - static_cast<int>(plan.target.shadows.size());
  const int soon = std::min(left, plan.target.keep) - plan.target.ghosts;
  if (soon > 0)
    plan.reasons.push_back(fmt::format("{} more than wanted now stay: they will be wanted soon", soon));
  if (plan.actions.empty() && plan.reasons.empty())
    plan.reasons.push_back(fmt::format("{} warm and {} coming: nothing to do", warm, situation.provisioning));
}

}  // namespace

std::string_view to_string(ActionKind kind) { return domain::name_of(kind_names, kind); }

ActionKind parse_action_kind(std::string_view text) { return domain::parse_name(kind_names, text, "action"); }

PoolSituation situation_of(const std::string& pool, const PoolLimits& limits,
                           std::span<const domain::Instance> instances) {
  std::vector<domain::Instance> oldest_first(instances.begin(), instances.end());
  std::sort(oldest_first.begin(), oldest_first.end(), [](const auto& a, const auto& b) {
    return std::tie(a.created_at, a.name) < std::tie(b.created_at, b.name);
  });
  PoolSituation situation;
  situation.pool = pool;
  situation.limits = limits;
  for (const auto& instance : oldest_first) place(instance, situation);
  return situation;
}

PoolPlan plan_pool(const PoolSituation& situation, const PoolTarget& target, base::Timestamp made_at) {
  PoolPlan plan;
  plan.pool = situation.pool;
  plan.made_at = made_at;
  plan.target = target;
  reclaim_failed(situation, plan);
  reclaim_excess(situation, plan);
  provision_missing(situation, plan);
  start_shadows(situation, plan);
  say_what_stays(situation, plan);
  return plan;
}

LeftOfPlan left_of(const PoolPlan& plan, const PoolSituation& situation,
                   const std::set<std::string>& served) {
  if (plan.pool != situation.pool) return {{}, "it is of pool " + plan.pool};
  PoolTarget target = plan.target;
  std::erase_if(target.shadows, [&](const ShadowChoice& shadow) { return served.contains(shadow.user); });
  auto said = plan.actions;
  LeftOfPlan left;
  for (const PoolAction& action : plan_pool(situation, target, plan.made_at).actions) {
    const auto same = std::ranges::find_if(said, [&](const PoolAction& other) {
      return other.kind == action.kind && other.instance == action.instance && other.user == action.user;
    });
    if (same == said.end()) return {{}, "it would have to " + text_of(action) + ", which it does not say"};
    left.actions.push_back(*same);
    said.erase(same);
  }
  return left;
}

}  // namespace deskloom::plan
