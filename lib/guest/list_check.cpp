#include "guest/list_check.hpp"

#include <algorithm>

#include "base/error.hpp"
#include "guest/wire.hpp"

namespace deskloom::guest {
namespace {

std::string parent_of(const std::string& path) {
  const auto slash = path.rfind('/');
  return slash == std::string::npos ? "" : path.substr(0, slash);
}

bool lies_below(const std::string& path, const std::string& directory) {
  return directory.empty() || (path.starts_with(directory) && path[directory.size()] == '/');
}

// '/' sorts before every other byte; NUL never occurs.
int rank(char c) { return c == '/' ? 0 : static_cast<unsigned char>(c); }

}  // namespace

bool path_before(const std::string& a, const std::string& b) {
  return std::lexicographical_compare(a.begin(), a.end(), b.begin(), b.end(),
                                      [](char x, char y) { return rank(x) < rank(y); });
}

void ListCheck::add(const GuestNode& node) {
  check_limits(node);
  check_place(node);
  if (node.link_group != 0) check_links(node);
  previous_ = node.path;
}

void ListCheck::check_limits(const GuestNode& node) {
  bytes_ += sizeof(GuestNode) + node.path.size() + node.target.size();
  for (const auto& [name, value] : node.xattrs) bytes_ += name.size() + value.size();
  if (++nodes_ > limits_.max_nodes) {
    broken("a list has more than " + std::to_string(limits_.max_nodes) + " nodes");
  }
  if (bytes_ > limits_.max_list_bytes) {
    broken("a list is larger than " + std::to_string(limits_.max_list_bytes) + " bytes");
  }
}

void ListCheck::check_place(const GuestNode& node) {
  if ((nodes_ == 1) != node.path.empty()) broken("a list does not start with the home, or names it twice");
  if (nodes_ > 1 && node.path == previous_) broken("a list names a path twice");
  if (nodes_ > 1 && !path_before(previous_, node.path)) broken("a list is out of order");
  while (!directories_.empty() && !lies_below(node.path, directories_.back())) directories_.pop_back();
  if (nodes_ > 1 && (directories_.empty() || directories_.back() != parent_of(node.path))) {
    broken("a node lies in something that the list does not name as a directory");
  }
  if (node.type == 'd') directories_.push_back(node.path);
}

void ListCheck::check_links(const GuestNode& node) {
  if (node.type != 'f') broken("a node that is no file is in a group of hard links");
  const auto [at, is_new] = links_.try_emplace(node.link_group, Linked{node.inode, node.size});
  if (!is_new && (at->second.inode != node.inode || at->second.size != node.size)) {
    broken("hard links of one file differ in inode or size");
  }
}

}  // namespace deskloom::guest
