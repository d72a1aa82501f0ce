#include "operation/assign.hpp"

#include <algorithm>

#include "base/error.hpp"
#include "operation/captures.hpp"
#include "operation/pool.hpp"
#include "operation/pool_choice.hpp"
#include "operation/provision.hpp"
#include "operation/stitch.hpp"
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

void mark_lost(const World& world, const Instance& instance) {
  world.say("instance " + instance.name + " is no longer running on host " + instance.host);
  world.state.instances.transition(instance.name, instance.state, InstanceState::failed,
                                   "not running on host " + instance.host, std::nullopt, world.clock.now());
}

// The user's instance, when it is alive; a dead one is marked failed, so that the user is free for another.
std::optional<Instance> living_instance(const World& world, const std::string& user) {
  const auto instance = world.state.instances.of_user(user);
  if (!instance) return std::nullopt;
  if (world.host(instance->host).is_running(instance->name)) return instance;
  mark_lost(world, *instance);
  return std::nullopt;
}

// Brings back applications that have ended since; files and settings on the instance are newer than any
// snapshot.
void reestablish(const World& world, const Instance& instance, AssignResult& result) {
  const auto snapshot = instance.snapshot;
  if (!snapshot) return;
  try {
    const auto client = world.connect(world.host(instance.host), instance.name);
    const auto profile = persona::load_profile(world.snapshots(), world.snapshots().get(*snapshot));
    persona::launch_applications(*client, profile, world.policy, result.applied);
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
  if (instance.state != InstanceState::connected) {
    reestablish(world, instance, result);
    if (!result.applied.applications.empty()) result.action = AssignAction::reestablished;
  }
  if (instance.state == InstanceState::disconnected) {
    world.state.instances.transition(instance.name, InstanceState::disconnected,
                                     InstanceState::persona_applied_available, "assigned again", std::nullopt,
                                     world.clock.now());
  }
  result.instance = world.state.instances.get(instance.name);
  return result;
}

struct Reserved {
  Instance instance;
  domain::Operation operation;
};

// Reservation and journal begin together: a kill leaves both or neither.
Reserved reserve(const World& world, const std::string& user, const std::optional<std::string>& snapshot,
                 const std::function<std::optional<Instance>(const std::string& operation)>& take) {
  auto transaction = world.state.transaction();
  world.state.users.ensure(user, world.clock.now());
  const std::string id = new_operation_id(world);
  auto instance = take(id);
  if (!instance) return {};
  auto operation = begin_operation(world, id, domain::OperationKind::stitch, instance->name, user,
                                   stitch_parameters(snapshot));
  transaction.commit();
  return {*instance, operation};
}

std::optional<Reserved> reserve_ghost(const World& world, const policy::Pool& pool, const std::string& user,
                                      const std::optional<std::string>& snapshot) {
  while (true) {
    auto reserved = reserve(world, user, snapshot, [&](const std::string& operation) {
      return world.state.instances.reserve_warm(pool.name, user, "assigned to " + user, operation,
                                                world.clock.now());
    });
    if (reserved.instance.name.empty()) return std::nullopt;
    if (world.host(reserved.instance.host).is_running(reserved.instance.name)) return reserved;
    mark_lost(world, world.state.instances.get(reserved.instance.name));
    world.state.operations.finish(reserved.operation.id, domain::OperationState::undone,
                                  "the ghost was not running", world.clock.now());
  }
}

Reserved provision_and_reserve(const World& world, const policy::Pool& pool, const std::string& user,
                               const std::optional<std::string>& snapshot) {
  if (!pool.on_demand) {
    throw Error(
        ErrorKind::failed, "no ghost is warm in pool " + pool.name + " for " + user,
        "run 'deskloom pool apply " + pool.name + "', or set on_demand = true in [pool." + pool.name + "]");
  }
  world.say("no ghost is warm in pool " + pool.name + ": making one for " + user);
  const auto name = provision(world, pool, choose_pool_host(world, pool), "made on demand for " + user);
  return reserve(world, user, snapshot, [&](const std::string& operation) {
    return world.state.instances.reserve(name, user, "assigned to " + user, operation, world.clock.now());
  });
}

void run_stitch(const World& world, const Reserved& reserved, AssignResult& result) {
  StitchWork work(world, reserved.operation);
  run_operation(world, reserved.operation, work);
  result.applied = work.result();
  result.instance = world.state.instances.get(reserved.instance.name);
}

// Damage is found before a ghost is spent on it.
std::optional<std::string> checked_snapshot(const World& world, const AssignRequest& request) {
  std::optional<domain::SnapshotRecord> record;
  if (request.snapshot) {
    record = recorded_catalogue(world.state, world.snapshots)->resolve(*request.snapshot, request.user);
  } else {
    record = latest_snapshot(world, request.user);
  }
  if (!record) return std::nullopt;
  static_cast<void>(persona::load_profile(world.snapshots(), world.snapshots().get(record->id)));
  return record->id;
}

AssignResult stitch_new(const World& world, const AssignRequest& request) {
  const auto& pool = pool_for(world.policy, request.user, request.pool);
  AssignResult result;
  result.snapshot = checked_snapshot(world, request);
  for (int tried = 1;; ++tried) {
    auto reserved = reserve_ghost(world, pool, request.user, result.snapshot);
    result.action = reserved ? AssignAction::stitched : AssignAction::provisioned_and_stitched;
    if (!reserved) reserved = provision_and_reserve(world, pool, request.user, result.snapshot);
    try {
      run_stitch(world, *reserved, result);
      return result;
    } catch (const Error& e) {
      // A silent guest may be the ghost's fault: try one other. Anything else would fail again.
      if (e.kind() != ErrorKind::guest || tried == max_ghosts_tried) throw;
      world.say(std::string(e.what()) + "; trying another ghost");
    }
  }
}

}  // namespace

std::string_view to_string(AssignAction action) {
  switch (action) {
    case AssignAction::reconnected:
      return "reconnected";
    case AssignAction::reestablished:
      return "re-established";
    case AssignAction::stitched:
      return "stitched";
    case AssignAction::provisioned_and_stitched:
      return "provisioned-and-stitched";
  }
  return "";
}

const policy::Pool& pool_for(const policy::Policy& policy, const std::string& user,
                             const std::optional<std::string>& pool) {
  if (pool) return policy.pool(*pool);
  if (const policy::Pool* serving = pool_serving(policy, user)) return *serving;
  throw Error(ErrorKind::usage, "no pool serves user " + user,
              "add a pattern for them to 'users' of a [pool.NAME]");
}

AssignResult assign(const World& world, const AssignRequest& request) {
  const auto started = world.clock.now();
  recover(world, request.user);
  const auto own = living_instance(world, request.user);
  AssignResult result = own ? reuse(world, *own) : stitch_new(world, request);
  result.display = world.host(result.instance.host).display(result.instance.name);
  result.elapsed_ms =
      std::chrono::duration_cast<std::chrono::milliseconds>(world.clock.now() - started).count();
  return result;
}

AssignForecast forecast_assign(const World& world, const AssignRequest& request) {
  const auto own = world.state.instances.of_user(request.user);
  if (own && world.host(own->host).is_running(own->name)) {
    const bool connected = own->state == InstanceState::connected;
    return {connected ? AssignAction::reconnected : AssignAction::reestablished, own->name,
            "the user's instance is " + std::string(to_string(own->state))};
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
                      const std::string& snapshot) {
  const auto started = world.clock.now();
  AssignResult result;
  result.snapshot = checked_snapshot(world, {user, std::nullopt, snapshot});
  const auto instance = world.state.instances.get(name);
  if (!world.host(instance.host).is_running(name)) {
    throw Error(ErrorKind::failed, "instance " + name + " is not running on host " + instance.host);
  }
  const auto reserved = reserve(world, user, result.snapshot, [&](const std::string& operation) {
    return world.state.instances.reserve(name, user, "persona applied by hand", operation, world.clock.now());
  });
  run_stitch(world, reserved, result);
  result.display = world.host(instance.host).display(name);
  result.elapsed_ms =
      std::chrono::duration_cast<std::chrono::milliseconds>(world.clock.now() - started).count();
  return result;
}

}  // namespace deskloom::operation
