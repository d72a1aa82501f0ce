#pragma once

#include <cstdint>
#include <string>

namespace deskloom::fleet {

// What a running domain has used since it was started; memory: what it uses now, by its balloon's word when
// its guest reports it, else what it holds on the host.
struct InstanceUsage {
  std::string name;
  std::uint64_t cpu_ns = 0;
  std::uint64_t memory_bytes = 0;
  std::uint64_t network_bytes = 0;  // both ways, all interfaces
  std::uint64_t storage_bytes = 0;  // read and written, all disks
};

}  // namespace deskloom::fleet
