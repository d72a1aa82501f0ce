#include "operation/app_choice.hpp"

#include <algorithm>

#include "base/error.hpp"
#include "base/text.hpp"
#include "operation/app_pools.hpp"
#include "operation/pool_hosts.hpp"
#include "operation/users_clock.hpp"
#include "policy/app_persona.hpp"

namespace deskloom::operation {
namespace {

using domain::AppPersona;

constexpr std::chrono::days looked_back{28};

// When a persona's sessions began, by the hour on the users' clock.
class Beginnings {
 public:
  Beginnings(const World& world, const base::TimeZone& zone)
      : zone_(zone), sessions_(world.state.apps.since(world.clock.now() - looked_back)) {}

  std::array<int, 24> of(const std::string& persona) const {
    std::array<int, 24> begun{};
    for (const domain::AppSession& session : sessions_) {
      if (session.persona == persona) ++begun.at(static_cast<std::size_t>(hour_of(session.began_at)));
    }
    return begun;
  }

  int hour_of(base::Timestamp at) const {
    const auto local = zone_.local(at);
    return static_cast<int>(
        std::chrono::floor<std::chrono::hours>(local - std::chrono::floor<std::chrono::days>(local)).count());
  }

  int day_of(base::Timestamp at) const {
    const std::chrono::weekday day(std::chrono::floor<std::chrono::days>(zone_.local(at)));
    return static_cast<int>(day.iso_encoding()) - 1;
  }

 private:
  const base::TimeZone& zone_;
  std::vector<domain::AppSession> sessions_;
};

int warm_in(const World& world, const std::string& pool) {
  state::InstanceFilter filter;
  filter.pool = pool;
  filter.state = domain::InstanceState::warm;
  return static_cast<int>(world.state.instances.list(filter).size());
}

std::string why_none_can_be_made(const World& world, const AppPersona& persona, const std::string& user) {
  try {
    const auto pools = pools_for(world.policy, persona, user);
    const auto making = std::ranges::find_if(pools, [](const auto* pool) { return pool->on_demand; });
    choose_pool_host(world, making != pools.end() ? **making : own_pool(world.policy, persona));
    return {};
  } catch (const base::Error& e) {
    if (e.kind() == base::ErrorKind::interrupted || e.kind() == base::ErrorKind::locked) throw;
    return e.what();
  }
}

std::string why_no_persona(const std::vector<AppPersona>& all, const std::string& app) {
  std::vector<std::string> apps;
  apps.reserve(all.size());
  for (const AppPersona& persona : all) apps.push_back(persona.app);
  const auto near = base::nearest(app, apps);
  return "no application persona is of application '" + base::printable(app) + "'" +
         (near ? "; did you mean '" + *near + "'?" : "");
}

}  // namespace

AppChoice choose_app_persona(const World& world, const std::string& user, const std::string& app) {
  const auto zone = users_clock(world.policy);
  const Beginnings beginnings(world, zone);
  const auto known = world.state.users.find(user);
  const auto role = known ? known->role : std::nullopt;
  const auto now = world.clock.now();
  const auto all = policy::load_app_personas(world.policy.app_persona_dir);
  std::vector<plan::AppCandidate> candidates;
  for (const AppPersona& persona : all) {
    if (persona.app != app) continue;
    plan::AppCandidate candidate{persona.id, plan::affinity_for(persona, role)};
    candidate.predicted = plan::predicted_use(persona.usage, beginnings.hour_of(now), beginnings.day_of(now),
                                              beginnings.of(persona.id));
    for (const auto* pool : pools_for(world.policy, persona, user))
      candidate.warm += warm_in(world, pool->name);
    if (candidate.warm == 0 && candidate.affinity > 0)
      candidate.why_not = why_none_can_be_made(world, persona, user);
    candidates.push_back(std::move(candidate));
  }
  AppChoice choice{plan::rank_app_personas(candidates), {}, {}};
  for (const auto& verdict : choice.verdicts)
    choice.personas.push_back(*std::ranges::find(all, verdict.persona, &AppPersona::id));
  if (choice.verdicts.empty()) {
    choice.why_none = why_no_persona(all, app);
  } else if (choice.verdicts.front().score == 0) {
    choice.why_none =
        "application persona " + choice.verdicts.front().persona + ": " + choice.verdicts.front().why;
  }
  return choice;
}

}  // namespace deskloom::operation
