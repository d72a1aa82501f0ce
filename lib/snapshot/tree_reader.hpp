#pragma once

#include <functional>
#include <string>
#include <vector>

#include "snapshot/tree_object.hpp"

namespace deskloom::snapshot {

// Reads stored trees. All of them throw Error(corrupt).
class TreeReader {
 public:
  explicit TreeReader(ChunkStore& chunks) : chunks_(chunks) {}

  Entry root(const Layer& layer) const;
  // path is the directory's own. Ascending by name.
  std::vector<Entry> children(const Entry& directory, const std::string& path) const;
  // Parents first, names ascending; visit says whether to go below a directory.
  using Visit = std::function<bool(const std::string& path, const Entry& entry)>;
  void walk(const Layer& layer, const Visit& visit) const;
  Entry find(const Layer& layer, const std::string& path) const;  // throws Error(not_found)

 private:
  void walk_below(const Entry& directory, const std::string& path, const Visit& visit,
                  std::uint64_t& visited) const;

  ChunkStore& chunks_;
};

// "a" + "b" is "a/b", "" + "b" is "b".
std::string join_path(const std::string& directory, const std::string& name);

}  // namespace deskloom::snapshot
