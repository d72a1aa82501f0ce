#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

// What instances have of their hosts (SPEC: allocation). It moves in stages from minimal to full.
namespace deskloom::domain {

// In the order in which they are given; they are taken back the other way round.
enum class Resource { memory, vcpus, network, storage, gpus };
inline constexpr std::array all_resources{Resource::memory, Resource::vcpus, Resource::network,
                                          Resource::storage, Resource::gpus};
std::string_view to_string(Resource resource);

// What an instance has, or is asked to have.
struct Allocation {
  std::uint32_t vcpus = 1;  // online in the guest
  std::uint64_t memory_bytes = 0;
  // Bytes a second, both ways together; 0: not limited.
  std::uint64_t network_bytes_s = 0;
  std::uint64_t storage_bytes_s = 0;
  std::uint32_t gpus = 0;

  bool operator==(const Allocation&) const = default;
};

// How far from minimal to full, in percent of each resource. A GPU is there from 100 on.
struct Shares {
  int memory = 100;
  int vcpus = 100;
  int network = 100;
  int storage = 100;
  int gpus = 100;

  bool operator==(const Shares&) const = default;
};

// Rounded up: memory to whole MiB, processors to whole ones. A rate that full does not limit has no share to
// be cut to: it stays minimal's below 100 percent.
Allocation share_of(const Allocation& minimal, const Allocation& full, const Shares& shares);

// How much of a resource, as people read it: "1.5 GiB", "2 CPUs", "10.0 MiB/s", "not limited".
std::string describe(const Allocation& allocation, Resource resource);
bool is_same(const Allocation& a, const Allocation& b, Resource resource);
// The resource is as in other.
void take_over(Allocation& allocation, const Allocation& other, Resource resource);
// Nothing of it is more than in other; an unlimited rate is more than any limit.
bool is_within(const Allocation& allocation, const Allocation& other);
// Those that differ, in the order of Resource.
std::vector<Resource> differences(const Allocation& a, const Allocation& b);

// What an instance does while nobody uses it (SPEC B4).
enum class Power {
  running,
  paused,  // its processors stand still, its memory stays
  saved,   // its memory lies on the disk, its domain has ended
};
std::string_view to_string(Power power);
Power parse_power(std::string_view text);  // throws Error(usage)

}  // namespace deskloom::domain
