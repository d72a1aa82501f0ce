#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "snapshot/tree_object.hpp"

namespace deskloom::snapshot {

// Reads stored trees. All of them throw Error(corrupt).
class TreeReader {
 public:
  explicit TreeReader(ChunkReader& chunks) : chunks_(chunks) {}

  std::vector<BlockRef> blocks(const Layer& layer) const;
  std::vector<Entry> entries(const BlockRef& block) const;
  // All of them, parents first.
  using Visit = std::function<void(Entry& entry)>;
  void walk(const Layer& layer, const Visit& visit) const;
  Entry find(const Layer& layer, const std::string& path) const;  // throws Error(not_found)

 private:
  ChunkReader& chunks_;
};

}  // namespace deskloom::snapshot
