#pragma once

#include <cstdint>
#include <vector>

#include "snapshot/tree.hpp"

namespace deskloom::snapshot {

// A source's list with its shape. children[i] are the nodes right below node i, ascending by name.
struct CheckedTree {
  std::vector<Node> nodes;
  std::vector<std::vector<std::uint32_t>> children;
};

// The rules of TreeSource::list, on data nobody vouches for: Error(guest) naming the first node that breaks
// one.
CheckedTree check_tree(std::vector<Node> nodes);

// The last component of a path.
std::string base_name(const std::string& path);

}  // namespace deskloom::snapshot
