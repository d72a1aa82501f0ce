#include "operation/power.hpp"

#include "operation/provision.hpp"

namespace deskloom::operation {
namespace {

using domain::Power;

std::filesystem::path saved_file(const World& world, const domain::Instance& instance) {
  return instance_directory(world.policy, instance) / "saved";
}

// The file stays until the instance is reclaimed or saved again: only its host may be able to remove it.
void restore(const World& world, const domain::Instance& instance) {
  auto& runtime = world.host(instance.host);
  if (!runtime.is_running(instance.name))
    runtime.restore_memory(instance_spec(world, instance), saved_file(world, instance));
}

}  // namespace

Power resting_power(const policy::Pool& pool) {
  return pool.ghost_mode == "booted" ? Power::running : domain::parse_power(pool.ghost_mode);
}

void wake(const World& world, const domain::Instance& instance) {
  if (instance.power == Power::running) return;
  if (instance.power == Power::saved) restore(world, instance);
  world.host(instance.host).resume(instance.name);
  world.state.instances.set_power(instance.name, Power::running);
}

// Recorded first: a process that ends in between leaves an instance that runs and counts as resting, which
// wake knows how to take.
void rest(const World& world, const domain::Instance& instance, Power power) {
  if (power == instance.power) return;
  auto& runtime = world.host(instance.host);
  world.state.instances.set_power(instance.name, power);
  if (power == Power::paused) runtime.suspend(instance.name);
  if (power == Power::saved && runtime.is_running(instance.name))
    runtime.save(instance.name, saved_file(world, instance));
}

bool is_there(const World& world, const domain::Instance& instance) {
  return instance.power == Power::saved || world.host(instance.host).is_running(instance.name);
}

}  // namespace deskloom::operation
