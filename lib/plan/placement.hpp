#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>

namespace deskloom::plan {

struct HostCandidate {
  std::string name;
  // What a new instance may take; unset when it was not found out, which counts as enough.
  std::optional<std::uint64_t> free_memory_bytes;
  int instances = 0;  // live ones of any pool
};

struct HostChoice {
  std::optional<std::string> host;  // unset: none fits
  std::string reason;               // why this one, or why none
};

// The host with the fewest instances that has the memory; among equals the first by name, so that the choice
// does not depend on the candidates' order.
HostChoice choose_host(std::span<const HostCandidate> candidates, std::uint64_t needed_memory_bytes);

}  // namespace deskloom::plan
