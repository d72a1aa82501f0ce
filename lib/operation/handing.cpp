#include "operation/handing.hpp"

#include <fmt/format.h>

#include "base/error.hpp"
#include "operation/captures.hpp"
#include "operation/pool_hosts.hpp"
#include "operation/power.hpp"
#include "operation/provision.hpp"
#include "operation/stitch.hpp"
#include "operation/volumes.hpp"
#include "persona/capture.hpp"

namespace deskloom::operation {
namespace {

using base::Error;
using base::ErrorKind;
using domain::Instance;
using domain::InstanceState;

// A ghost that turns out dead or silent must not keep its user waiting; after this many the host has a
// problem.
constexpr int max_ghosts_tried = 2;
// Made for a user who came when there was no ghost, and taken by others who came while it booted.
constexpr int max_made = 5;

struct Reserved {
  Instance instance;
  domain::Operation operation;
};

// Reservation and journal begin together: a kill leaves both or neither.
Reserved reserve(const World& world, const std::string& user, const Given& given,
                 const std::function<std::optional<Instance>(const std::string& operation)>& take) {
  auto transaction = world.state.transaction();
  world.state.users.ensure(user, world.clock.now());
  const std::string id = new_operation_id(world);
  auto instance = take(id);
  if (!instance) return {};
  auto operation = begin_operation(world, id, domain::OperationKind::stitch, instance->name, user,
                                   stitch_parameters(given.snapshot, given.volume));
  transaction.commit();
  return {*instance, operation};
}

std::optional<Reserved> reserve_ghost(const World& world, const policy::Pool& pool, const std::string& user,
                                      const Given& given) {
  while (true) {
    auto reserved = reserve(world, user, given, [&](const std::string& operation) {
      return world.state.instances.reserve_warm(pool.name, user, "assigned to " + user, operation,
                                                world.clock.now());
    });
    if (reserved.instance.name.empty()) return std::nullopt;
    if (is_there(world, reserved.instance)) return reserved;
    mark_lost(world, world.state.instances.get(reserved.instance.name));
    world.state.operations.finish(reserved.operation.id, domain::OperationState::undone,
                                  "the ghost was not running", world.clock.now());
  }
}

// nullopt: somebody else was faster, for as soon as it is warm it is anybody's.
std::optional<Reserved> provision_and_reserve(const World& world, const policy::Pool& pool,
                                              const std::string& user, const Given& given) {
  if (!pool.on_demand) {
    throw Error(
        ErrorKind::failed, "no ghost is warm in pool " + pool.name + " for " + user,
        "run 'deskloom pool apply " + pool.name + "', or set on_demand = true in [pool." + pool.name + "]");
  }
  world.say("no ghost is warm in pool " + pool.name + ": making one for " + user);
  const auto name = provision(world, pool, choose_pool_host(world, pool), "made on demand for " + user);
  auto reserved = reserve(world, user, given, [&](const std::string& operation) -> std::optional<Instance> {
    if (world.state.instances.get(name).state != InstanceState::warm) return std::nullopt;
    return world.state.instances.reserve(name, user, "assigned to " + user, operation, world.clock.now());
  });
  if (reserved.instance.name.empty()) return std::nullopt;
  return reserved;
}

Handed stitch(const World& world, const Reserved& reserved, const Prepare& prepare) {
  if (prepare) prepare(world.state.instances.get(reserved.instance.name));
  StitchWork work(world, reserved.operation);
  run_operation(world, reserved.operation, work);
  return {world.state.instances.get(reserved.instance.name), false, work.result()};
}

}  // namespace

void mark_lost(const World& world, const Instance& instance) {
  world.say("instance " + instance.name + " is no longer running on host " + instance.host);
  world.state.instances.transition(instance.name, instance.state, InstanceState::failed,
                                   "not running on host " + instance.host, std::nullopt, world.clock.now());
}

std::optional<std::string> checked_snapshot(const World& world, const std::string& user,
                                            const std::optional<std::string>& named) {
  const auto record =
      named ? std::optional(recorded_catalogue(world.state, world.snapshots)->resolve(*named, user))
            : latest_snapshot(world, user);
  if (!record) return std::nullopt;
  static_cast<void>(persona::load_profile(world.snapshots(), world.snapshots().get(record->id)));
  return record->id;
}

Given given_in(const World& world, const policy::Pool& pool, const std::string& user,
               const std::optional<std::string>& snapshot) {
  const bool attaches = snapshot && pool.instant_attach;
  return {snapshot, attaches ? volume_for(world, user, *snapshot) : std::nullopt};
}

Handed hand_out(const World& world, const policy::Pool& pool, const std::string& user, const Given& given,
                const Prepare& prepare) {
  for (int tried = 1, lost = 0;;) {
    auto reserved = reserve_ghost(world, pool, user, given);
    const bool was_made = !reserved;
    if (was_made) reserved = provision_and_reserve(world, pool, user, given);
    if (!reserved) {
      if (++lost < max_made) continue;
      throw Error(ErrorKind::locked,
                  fmt::format("{} instances of pool {} were made for {}, and others took each of them", lost,
                              pool.name, user),
                  "raise 'floor' in [pool." + pool.name + "], so that ghosts are there before users come");
    }
    try {
      auto handed = stitch(world, *reserved, prepare);
      handed.was_made = was_made;
      return handed;
    } catch (const Error& e) {
      // A silent guest may be the ghost's fault: try one other. Anything else would fail again.
      if (e.kind() != ErrorKind::guest || tried++ == max_ghosts_tried) throw;
      world.say(std::string(e.what()) + "; trying another ghost");
    }
  }
}

Handed hand_over(const World& world, const std::string& name, const std::string& user, const Given& given,
                 const std::function<void()>& before) {
  const auto instance = world.state.instances.get(name);
  if (!is_there(world, instance))
    throw Error(ErrorKind::failed, "instance " + name + " is not running on host " + instance.host);
  const auto reserved = reserve(world, user, given, [&](const std::string& operation) {
    if (before) before();
    return world.state.instances.reserve(name, user, "persona applied by hand", operation, world.clock.now());
  });
  return stitch(world, reserved, {});
}

}  // namespace deskloom::operation
