#include "operation/scaling.hpp"

#include <algorithm>

#include "base/error_text.hpp"
#include "history/samples.hpp"
#include "operation/app_session.hpp"
#include "operation/journal.hpp"
#include "operation/modes.hpp"
#include "operation/resize.hpp"
#include "policy/app_persona.hpp"

namespace deskloom::operation {
namespace {

using domain::Instance;
using domain::InstanceState;
using plan::NamedRule;

std::chrono::minutes longest(const std::vector<NamedRule>& rules) {
  int minutes = 0;
  for (const auto& [name, rule] : rules) minutes = std::max(minutes, rule.minutes);
  return std::chrono::minutes(minutes);
}

base::Timestamp resized_at(const World& world, const Instance& desktop) {
  const auto resized = world.state.operations.last_resize(desktop.name).value_or(desktop.changed_at);
  return std::max(resized, desktop.changed_at);
}

bool is_in_use(InstanceState state) {
  return state == InstanceState::stitching || state == InstanceState::connected ||
         state == InstanceState::disconnected || state == InstanceState::migrating;
}

bool is_ready(InstanceState state) {
  return state == InstanceState::warm || state == InstanceState::persona_applied_available;
}

void count(plan::PoolFill& fill, InstanceState state, int by) {
  if (is_in_use(state)) fill.in_use += by;
  if (is_ready(state)) fill.ready += by;
}

// Back from what is, by what has moved since.
std::vector<plan::PoolFill> fills_since(const state::Store& state, const std::string& pool,
                                        base::Timestamp begin) {
  plan::PoolFill fill;
  for (const Instance& instance : state.instances.list({.pool = pool})) count(fill, instance.state, 1);
  std::vector<plan::PoolFill> fills;
  for (const auto& move : state.instances.moves_since(pool, begin)) {
    fill.from = move.at;
    fills.push_back(fill);
    count(fill, move.to, -1);
    if (move.from) count(fill, *move.from, 1);
  }
  fill.from = begin;
  fills.push_back(fill);
  std::ranges::reverse(fills);
  return fills;
}

// "application persona cad, rule 2".
void add_rules_of(const domain::AppPersona& persona, std::vector<NamedRule>& rules) {
  int number = 0;
  for (const auto& rule : persona.scale_rules)
    rules.push_back({"application persona " + persona.id + ", rule " + std::to_string(++number), rule});
}

// What it has now that a mode of its user has begun or ended; no reasons: none has.
plan::ScaleChoice choose_by_mode(const World& world, const Instance& desktop) {
  plan::ScaleChoice choice;
  choice.to = in_use(world, desktop);
  if (choice.to == desktop.allocation) return choice;
  const auto change = mode_change(world.state, *desktop.user, resized_at(world, desktop), world.clock.now());
  if (!change.empty()) choice.reasons.push_back(change);
  return choice;
}

ScaledDesktop scale(const World& world, const Instance& seen, const plan::ScaleChoice& choice,
                    bool is_trial) {
  ScaledDesktop scaled{seen, seen, choice.reasons, ""};
  scaled.after.allocation = choice.to;
  if (is_trial) return scaled;
  try {
    const state::LeaseGuard lease(world.state.leases, "user:" + *seen.user, "scale run",
                                  std::chrono::milliseconds(0));
    recover(world, seen.user);
    scaled.after = resize(world, seen, choice.to);
  } catch (const base::Error& e) {
    if (e.kind() == base::ErrorKind::interrupted) throw;
    scaled.after = world.state.instances.get(seen.name);
    scaled.error = base::with_hint(e);
  }
  return scaled;
}

void scale_pool(const World& world, const policy::Pool& pool, bool is_trial, ScaleReport& report) {
  const auto record = world.state.pools.find(pool.name);
  const int before = record ? record->extra : 0;
  const auto choice = choose_pool_scale(world, pool);
  if (choice.extra == before) return;
  report.pools.push_back({pool.name, before, choice.extra, choice.reason});
  if (!is_trial) world.state.pools.set_extra(pool.name, choice.extra, world.clock.now());
}

}  // namespace

std::vector<NamedRule> scale_rules(const policy::Policy& policy, const std::string& pool) {
  std::vector<NamedRule> rules;
  for (const auto& [name, scale] : policy.scales) {
    const bool goes_for_it = scale.pools.empty() || std::ranges::find(scale.pools, pool) != scale.pools.end();
    if (goes_for_it) rules.push_back({"scale." + name, scale.rule()});
  }
  return rules;
}

std::vector<NamedRule> pool_rules(const policy::Policy& policy, const policy::Pool& pool) {
  auto rules = scale_rules(policy, pool.name);
  for (const auto& persona : policy::load_app_personas(policy.app_persona_dir))
    if (persona.environment.image == pool.image) add_rules_of(persona, rules);
  return rules;
}

std::vector<NamedRule> desktop_rules(const World& world, const Instance& desktop) {
  auto rules = scale_rules(world.policy, desktop.pool);
  for (const auto& persona : personas_served_on(world, desktop.name)) add_rules_of(persona, rules);
  return rules;
}

plan::ScaleChoice choose_desktop_scale(const World& world, const history::Store& history,
                                       const Instance& desktop) {
  const auto rules = desktop_rules(world, desktop);
  plan::DesktopUse use;
  use.has = desktop.allocation;
  use.minimal = desktop.minimal;
  use.full = desktop.full;
  use.now = world.clock.now();
  const auto from = std::max(resized_at(world, desktop), use.now - longest(rules) - plan::samples_hold);
  use.samples = history::samples_since(history, *desktop.user, from);
  return plan::choose_scale(use, rules);
}

plan::PoolScaleChoice choose_pool_scale(const World& world, const policy::Pool& pool) {
  const auto rules = pool_rules(world.policy, pool);
  const auto record = world.state.pools.find(pool.name);
  plan::PoolUse use;
  use.extra = record ? record->extra : 0;
  use.now = world.clock.now();
  const auto earliest = use.now - longest(rules);
  const auto begin = record && record->extra_since ? std::max(*record->extra_since, earliest) : earliest;
  use.fills = fills_since(world.state, pool.name, begin);
  return plan::choose_pool_scale(use, rules);
}

ScaleReport run_scaling(const World& world, const history::Store* history,
                        const std::optional<std::string>& pool, bool is_trial) {
  ScaleReport report;
  state::InstanceFilter connected;
  connected.pool = pool;
  connected.state = InstanceState::connected;
  for (const Instance& desktop : world.state.instances.list(connected)) {
    auto choice = choose_by_mode(world, desktop);
    if (choice.reasons.empty() && history != nullptr) choice = choose_desktop_scale(world, *history, desktop);
    if (!choice.reasons.empty()) report.desktops.push_back(scale(world, desktop, choice, is_trial));
  }
  for (const auto& [name, of_policy] : world.policy.pools)
    if (!pool || *pool == name) scale_pool(world, of_policy, is_trial, report);
  return report;
}

}  // namespace deskloom::operation
