#include "operation/modes.hpp"

#include <algorithm>

#include "base/error_text.hpp"
#include "operation/resize.hpp"

namespace deskloom::operation {
namespace {

// nullptr: the user is in none, or policy has forgotten it.
const policy::Mode* mode_of(const policy::Policy& policy, const state::Store& state, const std::string& user,
                            base::Timestamp now) {
  const auto mode = state.modes.find(user, now);
  const auto described = mode ? policy.modes.find(mode->name) : policy.modes.end();
  return described == policy.modes.end() ? nullptr : &described->second;
}

template <typename Amount>
Amount between(Amount minimal, Amount wanted, Amount full) {
  return wanted == 0 ? full : std::clamp(wanted, std::min(minimal, full), full);
}

}  // namespace

domain::Allocation in_use(const policy::Policy& policy, const state::Store& state,
                          const domain::Instance& instance, base::Timestamp now) {
  const policy::Mode* mode = instance.user ? mode_of(policy, state, *instance.user, now) : nullptr;
  domain::Allocation allocation = instance.full;
  if (mode == nullptr) return allocation;
  allocation.vcpus = between(instance.minimal.vcpus, mode->cpus, instance.full.vcpus);
  allocation.memory_bytes =
      between(instance.minimal.memory_bytes, mode->memory_bytes, instance.full.memory_bytes);
  return allocation;
}

domain::Allocation in_use(const World& world, const domain::Instance& instance) {
  return in_use(world.policy, world.state, instance, world.clock.now());
}

std::vector<policy::Application> started_by_mode(const World& world, const std::string& user) {
  const policy::Mode* mode = mode_of(world.policy, world.state, user, world.clock.now());
  std::vector<policy::Application> started;
  if (mode == nullptr) return started;
  for (const std::string& name : mode->applications) {
    const auto found = std::ranges::find(world.policy.applications, name, &policy::Application::name);
    if (found != world.policy.applications.end() && !found->command.empty()) started.push_back(*found);
  }
  return started;
}

std::string mode_change(const state::Store& state, const std::string& user, base::Timestamp since,
                        base::Timestamp now) {
  const auto within = [&](base::Timestamp at) { return since < at && at <= now; };
  for (const domain::Mode& mode : state.modes.list(user)) {  // the newest first
    if (within(mode.until)) return "mode " + mode.name + " has ended";
    if (within(mode.from)) return "mode " + mode.name + " has begun";
  }
  return "";
}

ModeFollowed follow_mode(const World& world, const domain::Instance& desktop) {
  ModeFollowed followed;
  base::try_to("the desktop has what it had", followed.notes,
               [&] { resize(world, desktop, in_use(world, desktop)); });
  const auto wanted = started_by_mode(world, *desktop.user);
  if (!wanted.empty()) {
    base::try_to("applications were not started", followed.notes, [&] {
      const auto client = world.connect(world.host(desktop.host), desktop.name);
      persona::start_applications(*client, *desktop.user, wanted, followed.applied);
      client->close();
    });
  }
  followed.instance = world.state.instances.get(desktop.name);
  return followed;
}

}  // namespace deskloom::operation
