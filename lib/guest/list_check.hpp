#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "guest/client.hpp"

namespace deskloom::guest {

// The rules of a list, checked node by node with memory for one path only: the home first, then strictly
// ascending component by component. So nothing is named twice, and what a node lies in was named before it
// and is a directory: no node can stand below a symbolic link.
class ListCheck {
 public:
  explicit ListCheck(const Limits& limits) : limits_(limits) {}
  void add(const GuestNode& node);  // throws Error(guest)

 private:
  void check_limits(const GuestNode& node);
  void check_place(const GuestNode& node);
  void check_links(const GuestNode& node);

  Limits limits_;
  std::uint64_t nodes_ = 0;
  std::uint64_t bytes_ = 0;
  std::string previous_;
  std::vector<std::string> directories_;  // the last node's, outermost first
  struct Linked {
    std::uint64_t inode, size;
  };
  std::unordered_map<std::uint64_t, Linked> links_;
};

// True when a comes before b: as sorting by components, so that a directory's content follows it at once.
bool path_before(const std::string& a, const std::string& b);

}  // namespace deskloom::guest
