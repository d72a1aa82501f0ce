#include "plan/placement.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

#include "base/text.hpp"

namespace deskloom::plan {
namespace {

bool has_memory(const HostCandidate& host, const PlacementWish& wish) {
  return !host.free_memory_bytes || *host.free_memory_bytes >= wish.memory_bytes;
}

bool has_gpus(const HostCandidate& host, const PlacementWish& wish) {
  return !host.free_gpus || *host.free_gpus >= wish.gpus;
}

bool fits(const HostCandidate& host, const PlacementWish& wish) {
  return has_memory(host, wish) && has_gpus(host, wish);
}

double cost_of(const HostCandidate& host, const PlacementWish& wish) {
  return host.price.value_or(0) + host.eviction * wish.eviction_cost;
}

bool is_too_risky(const HostCandidate& host, const PlacementWish& wish) {
  return host.eviction > wish.most_eviction;
}

std::vector<HostCandidate> best_first(std::span<const HostCandidate> candidates, const PlacementWish& wish) {
  std::vector<HostCandidate> hosts(candidates.begin(), candidates.end());
  const auto rank = [&](const HostCandidate& host) {
    return std::tuple(!fits(host, wish), is_too_risky(host, wish), cost_of(host, wish), host.instances,
                      host.name);
  };
  std::ranges::sort(hosts, [&](const auto& a, const auto& b) { return rank(a) < rank(b); });
  return hosts;
}

std::string gpus_text(std::uint32_t gpus) { return fmt::format("{} GPU{}", gpus, gpus == 1 ? "" : "s"); }

std::string why_none(std::span<const HostCandidate> candidates, const PlacementWish& wish) {
  if (candidates.empty()) return "there is no host to choose from";
  std::vector<std::string> free;
  for (const auto& host : candidates) {
    free.push_back(host.name + " " +
                   (host.free_memory_bytes ? base::human_size(*host.free_memory_bytes) : "enough"));
    if (wish.gpus != 0 && host.free_gpus) free.back() += " and " + gpus_text(*host.free_gpus);
  }
  return fmt::format("no host has {} of memory{} free: {}", base::human_size(wish.memory_bytes),
                     wish.gpus == 0 ? "" : " and " + gpus_text(wish.gpus), base::join(free, ", "));
}

std::string why_not(const HostCandidate& host, const HostCandidate& best, const PlacementWish& wish) {
  if (!has_gpus(host, wish))
    return fmt::format("has {} free, {} are needed", gpus_text(*host.free_gpus), wish.gpus);
  if (!has_memory(host, wish))
    return fmt::format("has {} of memory free, {} are needed", base::human_size(*host.free_memory_bytes),
                       base::human_size(wish.memory_bytes));
  if (is_too_risky(host, wish) && !is_too_risky(best, wish))
    return fmt::format("is taken away with probability {:.2f}, above the {:.2f} of served_percent",
                       host.eviction, wish.most_eviction);
  if (const double dearer = cost_of(host, wish) - cost_of(best, wish); dearer > 0)
    return fmt::format("costs {:.4f} more{}", dearer,
                       host.eviction > best.eviction ? ", its risk included" : "");
  if (host.instances > best.instances) return fmt::format("has more instances ({})", host.instances);
  return "comes later by name";
}

std::string why_this(const HostCandidate& best, std::span<const HostCandidate> hosts,
                     const PlacementWish& wish) {
  const bool is_cheaper = std::ranges::any_of(hosts, [&](const HostCandidate& host) {
    return fits(host, wish) && is_too_risky(host, wish) == is_too_risky(best, wish) &&
           cost_of(host, wish) > cost_of(best, wish);
  });
  if (is_cheaper)
    return fmt::format("{} is the cheapest ({:.4f} an hour) of {} candidates", best.name, cost_of(best, wish),
                       hosts.size());
  return fmt::format("{} has the fewest instances ({}) of {} candidates", best.name, best.instances,
                     hosts.size());
}

}  // namespace

HostChoice choose_host(std::span<const HostCandidate> candidates, const PlacementWish& wish) {
  const auto hosts = best_first(candidates, wish);
  HostChoice choice;
  if (hosts.empty() || !fits(hosts[0], wish))
    choice.reason = why_none(candidates, wish);
  else
    choice = {hosts[0].name, why_this(hosts[0], hosts, wish), {}};
  for (const HostCandidate& host : hosts)
    choice.verdicts.push_back({host.name, cost_of(host, wish),
                               host.name == choice.host ? choice.reason : why_not(host, hosts[0], wish)});
  return choice;
}

}  // namespace deskloom::plan
