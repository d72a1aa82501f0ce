#include "domain/allocation.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "domain/names.hpp"

namespace deskloom::domain {
namespace {

constexpr std::uint64_t mib = 1ULL << 20;

constexpr Names<Resource, 5> resource_names{{{Resource::memory, "memory"},
                                             {Resource::vcpus, "vcpus"},
                                             {Resource::network, "network"},
                                             {Resource::storage, "storage"},
                                             {Resource::gpus, "gpus"}}};

constexpr Names<Power, 3> power_names{
    {{Power::running, "running"}, {Power::paused, "paused"}, {Power::saved, "saved"}}};

// Of what lies between, rounded up to whole units.
std::uint64_t between(std::uint64_t from, std::uint64_t to, int percent, std::uint64_t unit) {
  if (percent >= 100 || to <= from) return to;
  const std::uint64_t part = (to - from) / 100 * static_cast<std::uint64_t>(percent) +
                             (to - from) % 100 * static_cast<std::uint64_t>(percent) / 100;
  return std::min(to, (from + part + unit - 1) / unit * unit);
}

std::uint64_t rate_between(std::uint64_t from, std::uint64_t to, int percent) {
  if (from == 0) return to;
  if (to == 0) return percent >= 100 ? 0 : from;
  return between(from, to, percent, 1);
}

bool is_rate_within(std::uint64_t rate, std::uint64_t limit) {
  return limit == 0 || (rate != 0 && rate <= limit);
}

std::string describe_rate(std::uint64_t bytes_s) {
  return bytes_s == 0 ? "not limited" : base::human_size(bytes_s) + "/s";
}

std::string counted(std::uint32_t count, const std::string& one) {
  return std::to_string(count) + " " + one + (count == 1 ? "" : "s");
}

}  // namespace

std::string_view to_string(Resource resource) { return name_of(resource_names, resource); }

Allocation share_of(const Allocation& minimal, const Allocation& full, const Shares& shares) {
  Allocation allocation;
  allocation.memory_bytes = between(minimal.memory_bytes, full.memory_bytes, shares.memory, mib);
  allocation.vcpus = minimal.vcpus;
  if (full.vcpus > minimal.vcpus) {
    const auto part =
        (full.vcpus - minimal.vcpus) * static_cast<std::uint32_t>(std::clamp(shares.vcpus, 0, 100));
    allocation.vcpus += (part + 99) / 100;
  }
  allocation.network_bytes_s = rate_between(minimal.network_bytes_s, full.network_bytes_s, shares.network);
  allocation.storage_bytes_s = rate_between(minimal.storage_bytes_s, full.storage_bytes_s, shares.storage);
  allocation.gpus = shares.gpus >= 100 ? full.gpus : minimal.gpus;
  return allocation;
}

std::string describe(const Allocation& allocation, Resource resource) {
  switch (resource) {
    case Resource::memory:
      return base::human_size(allocation.memory_bytes);
    case Resource::vcpus:
      return counted(allocation.vcpus, "CPU");
    case Resource::network:
      return describe_rate(allocation.network_bytes_s);
    case Resource::storage:
      return describe_rate(allocation.storage_bytes_s);
    case Resource::gpus:
      return counted(allocation.gpus, "GPU");
  }
  return "";
}

bool is_same(const Allocation& a, const Allocation& b, Resource resource) {
  Allocation changed = a;
  take_over(changed, b, resource);
  return changed == a;
}

void take_over(Allocation& allocation, const Allocation& other, Resource resource) {
  switch (resource) {
    case Resource::memory:
      allocation.memory_bytes = other.memory_bytes;
      break;
    case Resource::vcpus:
      allocation.vcpus = other.vcpus;
      break;
    case Resource::network:
      allocation.network_bytes_s = other.network_bytes_s;
      break;
    case Resource::storage:
      allocation.storage_bytes_s = other.storage_bytes_s;
      break;
    case Resource::gpus:
      allocation.gpus = other.gpus;
      break;
  }
}

bool is_within(const Allocation& allocation, const Allocation& other) {
  return allocation.memory_bytes <= other.memory_bytes && allocation.vcpus <= other.vcpus &&
         allocation.gpus <= other.gpus && is_rate_within(allocation.network_bytes_s, other.network_bytes_s) &&
         is_rate_within(allocation.storage_bytes_s, other.storage_bytes_s);
}

std::vector<Resource> differences(const Allocation& a, const Allocation& b) {
  std::vector<Resource> found;
  for (const Resource resource : all_resources) {
    if (!is_same(a, b, resource)) found.push_back(resource);
  }
  return found;
}

std::string_view to_string(Power power) { return name_of(power_names, power); }

Power parse_power(std::string_view text) { return parse_name(power_names, text, "power state"); }

}  // namespace deskloom::domain
