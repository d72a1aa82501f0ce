#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace deskloom::snapshot {

// How much a store saves, and for whom. The totals and the layers are of the snapshots whose group has a
// name; the others count only as somebody who needs what they need.
struct StoreStats {
  struct Part {
    std::string name;
    std::uint64_t snapshots = 0;
    std::uint64_t logical_bytes = 0;  // the sizes of their layers: what they would take one by one
    std::uint64_t unique_bytes = 0;   // of different chunks, before compression
    std::uint64_t stored_bytes = 0;   // that these take in packs
  };
  Part total;
  // By name of the layer, ascending. A chunk that layers of several names need counts for one of them.
  std::vector<Part> layers;
  // By name, ascending. unique, stored: only what no other group needs, and collect() would free.
  std::vector<Part> groups;
  std::uint64_t unneeded_bytes = 0;  // of packs: what no snapshot of the store needs
  std::uint64_t damaged = 0;         // snapshots of the store that were left out: they cannot be read whole
};

}  // namespace deskloom::snapshot
