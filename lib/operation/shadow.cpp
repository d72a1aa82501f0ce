#include "operation/shadow.hpp"

#include <algorithm>

#include "base/error.hpp"
#include "operation/handing.hpp"
#include "operation/modes.hpp"
#include "operation/power.hpp"
#include "operation/relocation.hpp"
#include "operation/resize.hpp"
#include "operation/sessions.hpp"

namespace deskloom::operation {
namespace {

using base::Error;
using base::ErrorKind;
using domain::Instance;
using domain::InstanceState;

constexpr double per_cent = 100;

bool is_away(const Instance& instance) {
  return instance.state == InstanceState::persona_applied_available ||
         instance.state == InstanceState::disconnected;
}

std::chrono::minutes looked_ahead(const policy::Policy& policy, const Instance& shadow) {
  const auto pool = policy.pools.find(shadow.pool);
  const policy::Pool unknown;
  return std::chrono::minutes((pool == policy.pools.end() ? unknown : pool->second).ahead_minutes);
}

// As ghosts wait; but what runs in a session that was left goes on, and so does what somebody was sent to,
// who may be there without our knowing.
void rest_again(const World& world, const Instance& shadow) {
  const auto pool = world.policy.pools.find(shadow.pool);
  if (pool == world.policy.pools.end() || was_used(world.state, shadow)) return;
  rest(world, shadow, resting_power(pool->second));
}

}  // namespace

std::vector<Instance> shadows(const state::Store& state, const std::optional<std::string>& pool) {
  state::InstanceFilter filter;
  filter.pool = pool;
  auto instances = state.instances.list(filter);
  std::erase_if(instances, [](const Instance& instance) { return !is_away(instance); });
  return instances;
}

std::optional<base::Timestamp> asked_for_at(const state::Store& state, const Instance& shadow) {
  const auto asked = state.waits.last(shadow.name);
  const bool has_left_since = shadow.state == InstanceState::disconnected && asked < shadow.changed_at;
  return has_left_since ? std::nullopt : asked;
}

bool was_used(const state::Store& state, const Instance& shadow) {
  if (shadow.state != InstanceState::persona_applied_available || state.waits.last(shadow.name)) return true;
  return std::ranges::any_of(state.instances.history(shadow.name), [](const domain::Transition& move) {
    return move.to == InstanceState::connected;
  });
}

Instance shadow_of(const state::Store& state, const std::string& user) {
  const auto instance = state.instances.of_user(user);
  if (!instance) {
    throw Error(ErrorKind::not_found, "user " + user + " has no shadow",
                "start one with 'deskloom shadow start " + user + "'");
  }
  if (is_away(*instance)) return *instance;
  throw Error(ErrorKind::usage,
              "instance " + instance->name + " of " + user + " is no shadow: it is " +
                  std::string(to_string(instance->state)),
              instance->state == InstanceState::connected ? "'deskloom scale run' moves what is in use" : "");
}

Instance start_shadow(const World& world, const policy::Pool& pool, const std::string& user) {
  const auto snapshot = checked_snapshot(world, user, std::nullopt);
  if (!snapshot) {
    throw Error(ErrorKind::not_found, "no persona of " + user + " was captured: there is nothing to apply",
                "a ghost serves as well; 'deskloom persona capture " + user + "' captures one");
  }
  auto shadow = hand_out(world, pool, user, given_in(world, pool, user, snapshot)).instance;
  rest_again(world, shadow);
  return world.state.instances.get(shadow.name);
}

std::vector<plan::InflationStage> stages_of(const policy::Policy& policy) {
  std::vector<plan::InflationStage> stages;
  for (const auto& [name, stage] : policy.stages)
    stages.push_back({name, stage.probability / per_cent, stage.shares});
  return stages;
}

std::optional<double> return_probability(const policy::Policy& policy, const Returns& returns,
                                         const Instance& shadow) {
  return returns.probability(*shadow.user, looked_ahead(policy, shadow));
}

std::optional<plan::InflationChoice> inflation_by_forecast(const policy::Policy& policy,
                                                           const state::Store& state, const Returns& returns,
                                                           const Instance& shadow) {
  const auto full = in_use(policy, state, shadow, returns.now());
  const auto asked = asked_for_at(state, shadow);
  if (asked && returns.now() - *asked < looked_ahead(policy, shadow))
    return plan::InflationChoice{"full", full, "its user asked for it at " + base::to_rfc3339(*asked)};
  const auto probability = return_probability(policy, returns, shadow);
  if (!probability) return std::nullopt;
  const auto stages = stages_of(policy);
  return plan::choose_inflation({shadow.minimal, full, shadow.allocation, *probability}, stages);
}

Instance resize_shadow(const World& world, const Instance& shadow, const domain::Allocation& to) {
  const bool is_resting_already = to == shadow.allocation && to == shadow.minimal;
  if (is_resting_already) return shadow;
  if (!has_room_for(world, shadow, to)) {
    if (auto moved = move_to_roomier_host(world, shadow, to)) return *moved;
  }
  const auto resized = resize(world, shadow, to);
  if (to == shadow.minimal) rest_again(world, resized);
  return world.state.instances.get(shadow.name);
}

}  // namespace deskloom::operation
