#pragma once

#include <memory>
#include <set>
#include <string>
#include <vector>

#include "snapshot/chunk_store.hpp"

namespace deskloom::snapshot {

// Where each chunk stands in the tables of the index, so that what is told of chunks can be kept in vectors
// beside those.
class ChunkPlaces {
 public:
  // Chunks are looked for in condemned packs last, and in lost ones not at all.
  ChunkPlaces(ChunkStore& chunks, std::set<std::string> condemned);

  struct Place {
    std::size_t table = 0;
    std::uint32_t position = 0;
  };
  // In a frame less deep than that, as Index::find. Throws Error(corrupt) when it is in no pack.
  Place find(const Hash& id, unsigned below_depth = any_depth) const;
  Index::Location location(Place place) const;
  // What the chunk's frame was compressed against. Throws Error(corrupt).
  std::vector<FrameBase> bases(const Index::Location& location) const;
  std::set<std::string> packs() const;  // those that tables lead to and that are on disk
  const std::vector<std::shared_ptr<const IndexTable>>& tables() const { return tables_; }

 private:
  ChunkStore& chunks_;
  std::set<std::string> condemned_;
  std::set<std::string> on_disk_;
  std::vector<std::shared_ptr<const IndexTable>> tables_;
};

}  // namespace deskloom::snapshot
