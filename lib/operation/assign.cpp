#include "operation/assign.hpp"

#include <algorithm>

#include "base/error_text.hpp"
#include "operation/modes.hpp"
#include "operation/pool_choice.hpp"
#include "operation/power.hpp"
#include "operation/presence.hpp"
#include "operation/resize.hpp"
#include "operation/volumes.hpp"
#include "operation/waiting.hpp"
#include "persona/capture.hpp"

namespace deskloom::operation {
namespace {

using base::Error;
using base::ErrorKind;
using domain::Instance;
using domain::InstanceState;

// The user's instance, when it is alive; a dead one is marked failed, so that the user is free for another.
std::optional<Instance> living_instance(const World& world, const std::string& user) {
  const auto instance = world.state.instances.of_user(user);
  if (!instance || is_there(world, *instance)) return instance;
  mark_lost(world, *instance);
  return std::nullopt;
}

void make_full(const World& world, const Instance& instance, AssignResult& result) {
  const auto lack = give_in_use(world, instance);
  result.is_full = !lack;
  if (lack) result.notes.push_back(*lack);
}

// Brings back applications that have ended since, and those of the user's mode; files and settings on the
// instance are newer than any snapshot.
void reestablish(const World& world, const Instance& instance, AssignResult& result) {
  const auto snapshot = instance.snapshot;
  const auto wanted = started_by_mode(world, *instance.user);
  if (!snapshot && wanted.empty()) return;
  try {
    const auto client = world.connect(world.host(instance.host), instance.name);
    if (snapshot) {
      const auto profile = persona::load_profile(world.snapshots(), world.snapshots().get(*snapshot));
      persona::launch_applications(*client, profile, world.policy, result.applied);
    }
    persona::start_applications(*client, *instance.user, wanted, result.applied);
    client->close();
  } catch (const Error& e) {
    // The desktop is there and the user's own: better with a note than not at all.
    if (e.kind() != ErrorKind::guest && e.kind() != ErrorKind::corrupt && e.kind() != ErrorKind::not_found)
      throw;
    result.notes.push_back(std::string("applications were not checked: ") + e.what());
  }
}

AssignResult reuse(const World& world, const Instance& instance) {
  AssignResult result;
  result.action = AssignAction::reconnected;
  result.snapshot = instance.snapshot;
  if (instance.state == InstanceState::migrating || instance.state == InstanceState::stitching) {
    throw Error(ErrorKind::locked,
                "instance " + instance.name + " of " + *instance.user + " is " +
                    std::string(to_string(instance.state)),
                "try again when that operation has ended; see 'deskloom status'");
  }
  const bool waits = needs_waking(world.policy, world.state, instance, world.clock.now());
  if (waits) make_full(world, instance, result);
  if (instance.state != InstanceState::connected) {
    reestablish(world, instance, result);
    if (!result.applied.applications.empty()) result.action = AssignAction::reestablished;
  }
  if (waits) result.action = AssignAction::inflated;
  result.instance = world.state.instances.get(instance.name);
  return result;
}

// The user waits: the instance gets all that it is to have first, and then its persona.
AssignResult give_new(const World& world, const AssignRequest& request) {
  const auto& pool =
      request.own_pool != nullptr ? *request.own_pool : pool_for(world.policy, request.user, request.pool);
  AssignResult result;
  result.snapshot = checked_snapshot(world, request.user, request.snapshot);
  const auto given = given_in(world, pool, request.user, result.snapshot);
  result.volume = given.volume;
  const auto handed = hand_out(world, pool, request.user, given, [&](const Instance& instance) {
    if (request.on_reserved) request.on_reserved(instance);
    make_full(world, instance, result);
  });
  result.action = handed.was_made ? AssignAction::provisioned_and_stitched : AssignAction::stitched;
  result.applied = handed.applied;
  result.instance = handed.instance;
  return result;
}

void finish(const World& world, base::Timestamp started, AssignResult& result) {
  result.display = world.host(result.instance.host).display(result.instance.name);
  result.elapsed_ms =
      std::chrono::duration_cast<std::chrono::milliseconds>(world.clock.now() - started).count();
  result.cold_boot_ms = cold_boot_ms(world.state, result.instance.pool);
  if (result.action != AssignAction::reconnected) {
    record_wait(world.state, result.instance, std::string(to_string(result.action)), started,
                result.elapsed_ms);
  } else if (result.instance.state != InstanceState::connected) {
    record_wait(world.state, result.instance, "ready", started, result.elapsed_ms);
  }
}

}  // namespace

std::string_view to_string(AssignAction action) {
  switch (action) {
    case AssignAction::reconnected:
      return "reconnected";
    case AssignAction::reestablished:
      return "re-established";
    case AssignAction::inflated:
      return "inflated";
    case AssignAction::stitched:
      return "stitched";
    case AssignAction::provisioned_and_stitched:
      return "provisioned-and-stitched";
  }
  return "";
}

AssignResult assign(const World& world, const AssignRequest& request) {
  const auto started = world.clock.now();
  recover(world, request.user);
  const auto own = living_instance(world, request.user);
  AssignResult result = own ? reuse(world, *own) : give_new(world, request);
  finish(world, started, result);
  return result;
}

std::optional<std::string> volume_to_attach(const World& world, const std::string& user,
                                            const std::string& instance, const std::string& snapshot,
                                            bool attaches) {
  const auto pool = world.policy.pools.find(world.state.instances.get(instance).pool);
  const bool is_wanted = pool != world.policy.pools.end() && pool->second.instant_attach;
  if (!attaches && !is_wanted) return std::nullopt;
  const auto volume = volume_for(world, user, snapshot);
  if (volume || !attaches) return volume;
  throw Error(ErrorKind::usage, "no volume of " + user + " was captured: there is nothing to attach",
              "'deskloom persona capture " + user + " --volume' captures one");
}

AssignForecast forecast_assign(const World& world, const AssignRequest& request) {
  const auto own = world.state.instances.of_user(request.user);
  if (own && is_there(world, *own)) {
    const std::string state = "the user's instance is " + std::string(to_string(own->state));
    if (needs_waking(world.policy, world.state, *own, world.clock.now()))
      return {AssignAction::inflated, own->name, state + ", with less than it is to have in use"};
    const bool connected = own->state == InstanceState::connected;
    return {connected ? AssignAction::reconnected : AssignAction::reestablished, own->name, state};
  }
  const auto& pool = pool_for(world.policy, request.user, request.pool);
  state::InstanceFilter warm;
  warm.pool = pool.name;
  warm.state = InstanceState::warm;
  const auto ghosts = world.state.instances.list(warm);
  if (!ghosts.empty())
    return {AssignAction::stitched, ghosts.front().name, "the oldest ghost of pool " + pool.name};
  return {AssignAction::provisioned_and_stitched, std::nullopt, "no ghost is warm in pool " + pool.name};
}

AssignResult apply_to(const World& world, const std::string& user, const std::string& name,
                      const std::string& snapshot, bool attaches) {
  const auto started = world.clock.now();
  AssignResult result;
  result.snapshot = checked_snapshot(world, user, snapshot);
  result.volume = volume_to_attach(world, user, name, *result.snapshot, attaches);
  const auto handed = hand_over(world, name, user, {result.snapshot, result.volume});
  result.applied = handed.applied;
  result.instance = handed.instance;
  finish(world, started, result);
  return result;
}

}  // namespace deskloom::operation
