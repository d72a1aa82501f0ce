#include "operation/pool_hosts.hpp"

#include <unistd.h>

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

constexpr std::chrono::hours waits_for{1}, used_for{7};

// What a new instance costs in an hour, in the mean of the time that it is taken to be there.
std::optional<double> price_of_new(const plan::PriceList& prices, const policy::Pool& pool,
                                   const std::string& host, int others, base::Timestamp now) {
  const auto minimal = pool.minimal(), full = pool.full();
  const auto taken = now + waits_for;
  const auto waiting = prices.per_hour(host, minimal, others, now, taken);
  const auto used = prices.per_hour(host, full, others, taken, taken + used_for);
  if (!waiting || !used) return used ? used : waiting;
  return (*waiting * waits_for.count() + *used * used_for.count()) / (waits_for + used_for).count();
}

// The memory that instances may have together, as far as it is known without asking the host.
std::optional<std::uint64_t> known_memory(const policy::Host& host) {
  if (host.memory_limit_bytes != 0) return host.memory_limit_bytes;
  const bool is_here = host.engine == "podman" || (host.engine == "libvirt" && host.uri == "embedded");
  if (!is_here) return std::nullopt;
  const auto pages = ::sysconf(_SC_PHYS_PAGES), page_bytes = ::sysconf(_SC_PAGE_SIZE);
  if (pages <= 0 || page_bytes <= 0) return std::nullopt;
  return static_cast<std::uint64_t>(pages) * static_cast<std::uint64_t>(page_bytes);
}

std::uint64_t memory_of(const std::vector<domain::Instance>& instances) {
  std::uint64_t bytes = 0;
  for (const auto& instance : instances) bytes += instance.allocation.memory_bytes;
  return bytes;
}

std::uint64_t rest_of(std::uint64_t total_bytes, std::uint64_t used_bytes) {
  return total_bytes - std::min(total_bytes, used_bytes);
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
  return rest_of(host_memory(world, host), memory_of(world.state.instances.list({.host = host})));
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
  const auto gpus = pool.full().gpus;  // it will be used there
  std::vector<plan::HostCandidate> candidates;
  for (const auto& name : hosts_of(policy, pool)) {
    const auto known = policy.hosts.find(name);
    const auto instances = state.instances.list({.host = name});
    const auto count = static_cast<int>(instances.size());
    plan::HostCandidate candidate{.name = name,
                                  .instances = count,
                                  .price = price_of_new(prices, pool, name, count, now),
                                  .eviction = prices.evictions_per_hour(name, now)};
    // A pod for which a cluster has none waits, and says so.
    if (known != policy.hosts.end() && known->second.engine == "kubernetes")
      candidate.free_gpus.reset();
    else if (gpus != 0)
      candidate.free_gpus = free_gpus(policy, state, name);
    const auto memory = known == policy.hosts.end() ? std::nullopt : known_memory(known->second);
    if (memory) candidate.free_memory_bytes = rest_of(*memory, memory_of(instances));
    candidates.push_back(std::move(candidate));
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
