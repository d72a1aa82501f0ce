#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "snapshot/tree.hpp"

namespace deskloom::snapshot {

// Holds nodes to the shape of a tree as they come, in its order: the root first, each one's directory before
// it, nothing twice.
class TreeShape {
 public:
  // Empty when the node fits.
  std::string problem(const Node& node);

 private:
  std::string last_;                      // the path before
  std::vector<std::string> directories_;  // those that are open, each below the one before
};

// The rules of TreeSource::list, on data nobody vouches for: Error(guest) naming the first node that breaks
// one. Returns their numbers in the order of trees.
std::vector<std::uint32_t> check_tree(const std::vector<Node>& nodes);

// The last component of a path.
std::string base_name(const std::string& path);

}  // namespace deskloom::snapshot
