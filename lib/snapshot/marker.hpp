#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "snapshot/chunk_store.hpp"
#include "snapshot/content.hpp"
#include "snapshot/store.hpp"

namespace deskloom::snapshot {

// Which chunks the snapshots need: one bit for each entry of the index.
class Marker {
 public:
  // Chunks are looked for in condemned packs last.
  Marker(ChunkStore& chunks, std::set<std::string> condemned);

  // With all that its layers lead to. Throws Error(corrupt) when a chunk is in no pack.
  void mark(const Snapshot& snapshot);

  // Of one pack: the frames that hold a chunk that is needed, and how many bytes they take.
  struct Need {
    std::map<std::uint32_t, PackEntry> frames;  // by offset; the entry of one of its chunks
    std::uint64_t bytes = 0;
  };
  std::map<std::string, Need> needs() const;  // packs that nothing is needed of are in it too

 private:
  struct Table {
    std::shared_ptr<const IndexTable> table;
    std::vector<bool> needed;
  };

  bool mark_chunk(const Hash& id);  // true when it was not marked before
  void mark_bases(const Index::Location& location);
  void mark_content(const Content& content);
  void mark_tree(const Layer& layer);

  ChunkStore& chunks_;
  ChunkReader reader_;
  std::set<std::string> condemned_;
  std::vector<Table> tables_;
};

}  // namespace deskloom::snapshot
