#include "plan/placement.hpp"

#include <fmt/format.h>

#include <tuple>
#include <vector>

#include "base/text.hpp"

namespace deskloom::plan {
namespace {

bool fits(const HostCandidate& host, std::uint64_t needed_bytes) {
  return !host.free_memory_bytes || *host.free_memory_bytes >= needed_bytes;
}

bool is_better(const HostCandidate& a, const HostCandidate& b) {
  return std::tie(a.instances, a.name) < std::tie(b.instances, b.name);
}

std::string why_none(std::span<const HostCandidate> candidates, std::uint64_t needed_bytes) {
  if (candidates.empty()) return "there is no host to choose from";
  std::vector<std::string> free;
  for (const auto& host : candidates)
    free.push_back(host.name + " " + base::human_size(host.free_memory_bytes.value_or(0)));
  return fmt::format("no host has {} of memory free: {}", base::human_size(needed_bytes),
                     base::join(free, ", "));
}

}  // namespace

HostChoice choose_host(std::span<const HostCandidate> candidates, std::uint64_t needed_memory_bytes) {
  const HostCandidate* best = nullptr;
  for (const auto& host : candidates) {
    if (fits(host, needed_memory_bytes) && (best == nullptr || is_better(host, *best))) best = &host;
  }
  if (best == nullptr) return {std::nullopt, why_none(candidates, needed_memory_bytes)};
  return {best->name, fmt::format("{} has the fewest instances ({}) of {} candidates", best->name,
                                  best->instances, candidates.size())};
}

}  // namespace deskloom::plan
