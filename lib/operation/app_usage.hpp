#pragma once

#include <optional>
#include <string>
#include <vector>

#include "history/store.hpp"
#include "operation/world.hpp"

namespace deskloom::operation {

// How much an application persona was used (SPEC G4), from its sessions and the record of use.
struct AppUse {
  std::optional<std::string> persona;  // nullopt: the default profile
  int open = 0;                        // sessions now
  int sessions = 0;                    // that were open at some moment of the time looked at
  int users = 0;
  double hours = 0;  // of all sessions together, within that time
  // Means over those hours of its users' desktops that were measured, in processors and bytes; NaN: none was.
  double cpus = 0, memory_bytes = 0;
  // What the instances of open sessions have, their components' too.
  std::uint64_t allocated_cpus = 0, allocated_memory_bytes = 0;
};

// Of all personas that were used since then, by their ids, the default profile last. history: nullptr when
// nothing is recorded.
std::vector<AppUse> app_use(const World& world, const history::Store* history, base::Timestamp since);

}  // namespace deskloom::operation
