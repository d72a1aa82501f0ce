#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace deskloom::fleet {

// What a container's own control group says, read inside it: what it may have, and has used.
struct CgroupReading {
  std::optional<double> cpus;  // unset: not limited
  std::optional<std::uint64_t> memory_limit_bytes;
  std::uint64_t cpu_ns = 0;
  std::uint64_t memory_bytes = 0;
  std::uint64_t storage_bytes = 0;  // read and written
  std::uint64_t network_bytes =
      0;  // both ways, of all interfaces but the loopback; the host's on its network
};

// Prints the files of cgroup v2 or v1 (cgroups(7)) that there are, and the interfaces; needs /bin/sh alone.
const std::vector<std::string>& cgroup_command();
// What that printed; lines that are not understood count for nothing.
CgroupReading parse_cgroup(std::string_view text);

}  // namespace deskloom::fleet
