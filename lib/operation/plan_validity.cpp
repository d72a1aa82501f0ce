#include "operation/plan_validity.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>
#include <tuple>

#include "base/error.hpp"
#include "base/fd.hpp"
#include "forecast/forecasts.hpp"
#include "operation/pool_planning.hpp"
#include "operation/prices.hpp"

namespace deskloom::operation {
namespace {

// How quickly a plan is carried out, and what becomes of desktops later: no plan is another for them.
constexpr std::array plan_ignores{"parallel", "on_demand", "ahead_minutes", "mount_volume", "copy_rate"};

std::map<std::string, std::string> settings_of(const policy::Pool& pool) {
  std::map<std::string, std::string> settings;
  const base::Json shown = policy::to_json(pool);
  for (const auto& [key, value] : shown.items())
    if (std::ranges::find(plan_ignores, key) == plan_ignores.end()) settings[key] = value.dump();
  return settings;
}

// As exact as a plan's file is.
std::optional<base::Timestamp> forecast_made_at(const policy::Policy& policy) {
  if (!base::modified_at(policy.forecast_file())) return std::nullopt;
  const forecast::Store store(policy.forecast_file(), forecast::Store::Access::read);
  const auto newest = forecast::newest_forecast(store);
  if (!newest) return std::nullopt;
  return std::chrono::floor<std::chrono::milliseconds>(newest->made_at);
}

using Deeds =
    std::vector<std::tuple<plan::ActionKind, std::optional<std::string>, std::optional<std::string>>>;

// In one order, and whatever the reasons.
Deeds deeds_of(const std::vector<plan::PoolAction>& actions) {
  Deeds deeds;
  for (const auto& action : actions) deeds.emplace_back(action.kind, action.instance, action.user);
  std::ranges::sort(deeds);
  return deeds;
}

std::string wish_of(const plan::PoolTarget& target) {
  return fmt::format("{} ghosts and {} new shadows", target.ghosts, target.shadows.size());
}

[[noreturn]] void refuse(const plan::PoolPlan& plan, const std::string& why) {
  throw base::Error(base::ErrorKind::usage, "the plan for pool " + plan.pool + " is stale: " + why,
                    "make a new one with 'deskloom pool plan " + plan.pool + " --out FILE'");
}

}  // namespace

plan::PlanBasis shared_basis(const policy::Policy& policy, base::Timestamp now) {
  return {{}, forecast_made_at(policy), prices_digest(policy, now)};
}

plan::PlanBasis basis_of(plan::PlanBasis shared, const policy::Pool& pool) {
  shared.policy = settings_of(pool);
  return shared;
}

std::vector<plan::PoolAction> left_to_do(const state::Store& state, const policy::Pool& pool,
                                         const plan::PoolPlan& plan) {
  std::set<std::string> served;
  for (const auto& shadow : plan.target.shadows)
    if (state.instances.of_user(shadow.user)) served.insert(shadow.user);
  auto left = plan::left_of(plan, pool_situation(state, pool), served);
  if (!left.why_stale.empty()) refuse(plan, "the pool has changed since it was made, and " + left.why_stale);
  return std::move(left.actions);
}

void require_valid(const policy::Policy& policy, const state::Store& state, const policy::Pool& pool,
                   const plan::PoolPlan& plan, base::Timestamp now) {
  const auto basis = basis_of(shared_basis(policy, now), pool);
  const auto changes = plan::policy_changes(plan.made_from, basis);
  if (!changes.empty()) refuse(plan, "the pool's policy has changed since it was made: " + changes);
  const auto left = left_to_do(state, pool, plan);
  if (left.empty()) return;
  if (now >= plan.holds_until) refuse(plan, "it held until " + base::to_rfc3339(plan.holds_until));
  const auto newer = plan::newer_parts(plan.made_from, basis);
  if (newer.empty()) return;
  PoolPlanner planner(policy, state, {pool.name}, now);
  const auto made_now = planner.plan(pool).plan;
  if (deeds_of(made_now.actions) == deeds_of(left)) return;
  refuse(plan, newer + " changed since it was made, and now " + wish_of(made_now.target) +
                   " are wanted; it makes " + wish_of(plan.target));
}

}  // namespace deskloom::operation
