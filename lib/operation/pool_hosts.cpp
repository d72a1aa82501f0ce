#include "operation/pool_hosts.hpp"

#include <algorithm>

#include "base/error.hpp"
#include "fleet/image.hpp"
#include "operation/app_pools.hpp"
#include "operation/pool_times.hpp"
#include "operation/prices.hpp"
#include "operation/resize.hpp"

namespace deskloom::operation {
namespace {

// nullopt: it cannot be told of an image that is not there; who makes an instance of it says so.
std::optional<bool> is_of_container(const policy::Policy& policy, const std::string& image) {
  try {
    return fleet::load_image(policy.image_dir, image).container.has_value();
  } catch (const base::Error&) {
    return std::nullopt;
  }
}

// Somebody may be waiting: a file that cannot be read costs money, not their desktop.
plan::PriceList prices_now(const World& world) {
  try {
    std::vector<std::string> notes;
    return price_list(world.policy, world.clock.now(), notes);
  } catch (const base::Error& e) {
    world.say(std::string(e.what()) + "; list prices hold");
    return list_prices(world.policy);
  }
}

}  // namespace

std::uint64_t free_memory(const World& world, const std::string& host) {
  std::uint64_t used_bytes = 0;
  state::InstanceFilter filter;
  filter.host = host;
  for (const auto& instance : world.state.instances.list(filter))
    used_bytes += instance.allocation.memory_bytes;
  const auto total_bytes = host_memory(world, host);
  return total_bytes - std::min(total_bytes, used_bytes);
}

std::uint32_t free_gpus(const policy::Policy& policy, const state::Store& state, const std::string& host) {
  const auto known = policy.hosts.find(host);
  if (known == policy.hosts.end()) return 0;
  std::uint32_t promised = 0;
  state::InstanceFilter filter;
  filter.host = host;
  for (const auto& instance : state.instances.list(filter))
    promised += std::max(instance.full.gpus, instance.allocation.gpus);
  const auto there = static_cast<std::uint32_t>(known->second.gpus.size());
  return there - std::min(there, promised);
}

std::vector<std::string> hosts_of(const policy::Policy& policy, const policy::Pool& pool) {
  if (!pool.hosts.empty()) return pool.hosts;
  const auto is_container = is_of_container(policy, pool.image);
  std::vector<std::string> names;
  for (const auto& [name, host] : policy.hosts) {
    if (!is_container || runs_containers(host) == *is_container) names.push_back(name);
  }
  return names;
}

std::vector<plan::HostCandidate> host_candidates(const policy::Policy& policy, const state::Store& state,
                                                 const policy::Pool& pool, const plan::PriceList& prices,
                                                 base::Timestamp now) {
  auto wanted = pool.minimal();
  wanted.gpus = pool.full().gpus;  // it will be used there
  const auto until = now + std::chrono::hours(1);
  std::vector<plan::HostCandidate> candidates;
  for (const auto& name : hosts_of(policy, pool)) {
    const auto host = policy.hosts.find(name);
    // Its own scheduler counts them: a pod for which there is none waits, and says so.
    const bool is_cluster = host != policy.hosts.end() && host->second.engine == "kubernetes";
    state::InstanceFilter filter;
    filter.host = name;
    const auto instances = static_cast<int>(state.instances.list(filter).size());
    candidates.push_back({name, std::nullopt, instances, prices.per_hour(name, wanted, instances, now, until),
                          prices.evictions_per_hour(name, now),
                          wanted.gpus == 0 || is_cluster ? wanted.gpus : free_gpus(policy, state, name)});
  }
  return candidates;
}

plan::PlacementWish placement_wish(const state::Store& state, const policy::Pool& pool) {
  std::vector<std::string> unused;
  const auto times = pool_times(state, pool.name, unused);
  return {pool.minimal().memory_bytes, pool.wait_cost * times.provision_s / 60,
          1 - pool.served_percent / 100.0, pool.full().gpus};
}

std::vector<plan::HostCandidate> host_candidates(const World& world, const policy::Pool& pool) {
  auto candidates = host_candidates(world.policy, world.state, pool, prices_now(world), world.clock.now());
  for (auto& candidate : candidates) candidate.free_memory_bytes = free_memory(world, candidate.name);
  return candidates;
}

std::string choose_pool_host(const World& world, const policy::Pool& pool) {
  const auto choice = plan::choose_host(host_candidates(world, pool), placement_wish(world.state, pool));
  if (!choice.host) {
    throw base::Error(base::ErrorKind::failed,
                      "no host can take another instance of pool " + pool.name + ": " + choice.reason,
                      "name more hosts in [pool." + pool.name + "], or let its instances have less");
  }
  return *choice.host;
}

}  // namespace deskloom::operation
