#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "snapshot/chunk_places.hpp"
#include "snapshot/closure.hpp"

namespace deskloom::snapshot {

// Which chunks the snapshots need: one bit for each entry of the index.
class Marker {
 public:
  // Chunks are looked for in condemned packs last, and in lost ones not at all.
  Marker(ChunkStore& chunks, std::set<std::string> condemned);

  // With all that its layers lead to. Throws Error(corrupt) when a chunk is in no pack.
  void mark(const Snapshot& snapshot) { walk_.walk(snapshot); }
  // What the deltas in these packs were made against, those too that no snapshot needs: the next capture may
  // find such a chunk and name it.
  void keep_readable(const std::set<std::string>& packs);

  // Of one pack: the frames that hold a chunk that is needed, and how many bytes they take.
  struct Need {
    std::map<std::uint32_t, PackEntry> frames;  // by offset; the entry of one of its chunks
    std::uint64_t bytes = 0;
  };
  std::map<std::string, Need> needs() const;  // packs that nothing is needed of are in it too

 private:
  struct Marks {
    std::vector<bool> needed;
    std::vector<bool> readable;  // kept so by keep_readable
  };

  void mark_chunk(const Hash& id, unsigned below_depth = max_depth + 1U);
  void mark_bases(const Index::Location& location);
  void try_mark_bases(const Index::Location& location);

  ChunkPlaces places_;
  ChunkReader reader_;
  std::vector<Marks> marks_;  // by table
  ClosureWalk walk_;
};

}  // namespace deskloom::snapshot
