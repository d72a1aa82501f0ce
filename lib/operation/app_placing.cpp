#include "operation/app_placing.hpp"

#include "base/error.hpp"
#include "operation/app_pools.hpp"
#include "operation/pool_hosts.hpp"

namespace deskloom::operation {
namespace {

using domain::AppComponent;
using domain::AppPersona;

std::vector<plan::ComponentWish> wishes_of(const World& world, const AppPersona& persona) {
  std::vector<plan::ComponentWish> wishes;
  for (const AppComponent& component : persona.components) {
    const auto image = component_image(world.policy, persona, component);
    const auto pool = component_pool(world.policy, persona, component);
    const bool is_container = image.container.has_value();
    wishes.push_back({component.name, is_container, pool.memory_bytes, component.anti_affinity,
                      component.co_located_with, is_container && (pool.network_rate != 0 || pool.gpus != 0)});
  }
  return wishes;
}

std::vector<plan::ComponentHost> hosts_now(const World& world) {
  std::vector<plan::ComponentHost> hosts;
  for (const auto& [name, host] : world.policy.hosts) {
    state::InstanceFilter filter;
    filter.host = name;
    const auto instances = static_cast<int>(world.state.instances.list(filter).size());
    try {
      hosts.push_back(
          {name, runs_containers(host), free_memory(world, name), instances, host.engine == "kubernetes"});
    } catch (const base::Error& e) {
      if (e.kind() != base::ErrorKind::host_unreachable && e.kind() != base::ErrorKind::failed) throw;
      world.say("host " + name + " is left out: " + e.what());
    }
  }
  return hosts;
}

}  // namespace

std::vector<plan::ComponentPlace> place_parts(const World& world, const AppPersona& persona) {
  auto placement = plan::place_components(wishes_of(world, persona), hosts_now(world));
  if (placement.problem.empty()) return std::move(placement.places);
  throw base::Error(
      base::ErrorKind::failed,
      "the components of application persona " + persona.id + " cannot be placed: " + placement.problem,
      "give it more hosts, or ask for less");
}

std::string other_host(const World& world, const AppWhole& whole, const domain::AppPart& part) {
  std::vector<plan::ComponentPlace> places;
  for (const auto& other : whole.parts) places.push_back({other.component, other.host});
  return plan::place_elsewhere(wishes_of(world, whole.persona), places, part.component, hosts_now(world))
      .value_or(part.host);
}

}  // namespace deskloom::operation
