#pragma once

#include <string>
#include <vector>

#include "history/recorder.hpp"
#include "operation/world.hpp"

namespace deskloom::operation {

struct CollectReport {
  std::uint64_t connections = 0;      // added
  std::uint64_t launches = 0;         // added, or known to last longer
  std::uint64_t samples = 0;          // added
  std::vector<std::string> failures;  // hosts that did not answer, snapshots that could not be read
};

// Records what Deskloom itself knows (SPEC D1): when its users connected and disconnected, which applications
// their captures found running, and what their instances have used since the last time, as their hosts count
// it. May be repeated, and overlap: the same is recorded once. A host that does not answer costs its
// instances' samples.
CollectReport collect_use(World& world, history::Store& store);

}  // namespace deskloom::operation
