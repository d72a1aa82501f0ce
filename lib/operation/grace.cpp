#include "operation/grace.hpp"

#include "base/error.hpp"
#include "operation/captures.hpp"
#include "operation/reclaim.hpp"

namespace deskloom::operation {
namespace {

using domain::Instance;
using domain::InstanceState;

void end(const World& world, const policy::Pool& pool, const Instance& seen) {
  const state::LeaseGuard lease(world.state.leases, "user:" + *seen.user, "pool apply",
                                std::chrono::milliseconds(0));
  capture_user(world, *seen.user);
  reclaim(world, seen, "disconnected for more than " + std::to_string(pool.grace_minutes) + " minutes");
}

}  // namespace

std::vector<Instance> forgotten_sessions(const World& world, const policy::Pool& pool) {
  state::InstanceFilter filter;
  filter.pool = pool.name;
  filter.state = InstanceState::disconnected;
  auto instances = world.state.instances.list(filter);
  const auto latest = world.clock.now() - std::chrono::minutes(pool.grace_minutes);
  std::erase_if(instances, [&](const Instance& instance) { return instance.changed_at > latest; });
  return instances;
}

std::vector<EndedSession> end_forgotten_sessions(const World& world, const policy::Pool& pool) {
  std::vector<EndedSession> ended;
  for (const Instance& instance : forgotten_sessions(world, pool)) {
    ended.push_back({*instance.user, instance.name, ""});
    try {
      end(world, pool, instance);
    } catch (const base::Error& e) {
      if (e.kind() == base::ErrorKind::interrupted) throw;
      ended.back().error = e.what();
      world.say("the session of " + *instance.user + " on " + instance.name + " goes on: " + e.what());
    }
  }
  return ended;
}

}  // namespace deskloom::operation
