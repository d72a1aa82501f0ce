#include "operation/power.hpp"

#include "operation/provision.hpp"
#include "operation/volumes.hpp"

namespace deskloom::operation {
namespace {

using domain::Power;

std::filesystem::path saved_file(const World& world, const domain::Instance& instance) {
  return instance_directory(world.policy, instance) / "saved";
}

}  // namespace

Power resting_power(const policy::Pool& pool) {
  return pool.ghost_mode == "booted" ? Power::running : domain::parse_power(pool.ghost_mode);
}

// A guest that is restored stands still until this is on record: whoever finds it saved can restore it again,
// because nothing has written to its disks since.
void wake(const World& world, const domain::Instance& instance) {
  if (instance.power == Power::running) return;
  if (instance.power == Power::saved) {
    world.host(instance.host).restore(instance_spec(world, instance), saved_file(world, instance));
    world.state.instances.set_power(instance.name, Power::paused);
  }
  world.host(instance.host).resume(instance.name);
  world.state.instances.set_power(instance.name, Power::running);
}

// What is read over the network when it is restored may not be there any more. Podman cannot save, and
// Kubernetes not pause either.
Power bearable(const World& world, const domain::Instance& instance, Power power) {
  const auto host = world.policy.hosts.find(instance.host);
  const std::string engine = host == world.policy.hosts.end() ? "" : host->second.engine;
  if (engine == "kubernetes") return Power::running;
  const bool cannot_save = engine == "podman" || is_elsewhere(world, instance);
  return power == Power::saved && cannot_save ? Power::paused : power;
}

// Pausing is recorded before, because waking what runs does no harm; saving after, because an older file must
// never be restored. A process that ends in between leaves an instance that counts as lost.
void rest(const World& world, const domain::Instance& instance, Power wanted) {
  const Power power = bearable(world, instance, wanted);
  if (power == instance.power) return;
  auto& runtime = world.host(instance.host);
  if (power == Power::saved) runtime.save(instance.name, saved_file(world, instance));
  world.state.instances.set_power(instance.name, power);
  if (power == Power::paused) runtime.suspend(instance.name);
}

bool is_there(const World& world, const domain::Instance& instance) {
  return instance.power == Power::saved || world.host(instance.host).is_running(instance.name);
}

}  // namespace deskloom::operation
