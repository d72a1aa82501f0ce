#include "snapshot/tree_check.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <unordered_map>

#include "base/error.hpp"
#include "base/path.hpp"
#include "base/text.hpp"
#include "snapshot/store.hpp"
#include "snapshot/tree_object.hpp"

namespace deskloom::snapshot {
namespace {

constexpr std::size_t node_limit = 1 << 25;

[[noreturn]] void refuse(const std::string& path, const std::string& problem) {
  throw base::Error(base::ErrorKind::guest,
                    "the source of the tree lists '" + base::printable(path) + "': " + problem);
}

using Numbers = std::unordered_map<std::string_view, std::uint32_t>;

std::string_view parent_path(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string_view::npos ? std::string_view{} : path.substr(0, slash);
}

std::uint32_t find_parent(const std::vector<Node>& nodes, const Numbers& numbers, const std::string& path) {
  const auto parent = numbers.find(parent_path(path));
  if (parent == numbers.end()) refuse(path, "before its parent");
  if (nodes[parent->second].type != NodeType::directory) refuse(path, "below what is no directory");
  return parent->second;
}

void check_node(const Node& node, bool is_root) {
  if (node.path.empty() != is_root) refuse(node.path, is_root ? "first, where the root must be" : "again");
  if (!is_safe_path(node.path)) refuse(node.path, "an unsafe path");
  if (is_root && node.type != NodeType::directory) refuse(node.path, "a root that is no directory");
  const std::string problem = node_problem(node);
  if (!problem.empty()) refuse(node.path, problem);
  if (node.type != NodeType::file && node.link_group != 0) refuse(node.path, "hard links to what is no file");
}

}  // namespace

bool is_safe_path(const std::string& path) { return path.empty() || base::is_safe_relative_path(path); }

std::string base_name(const std::string& path) { return path.substr(path.rfind('/') + 1); }

CheckedTree check_tree(std::vector<Node> nodes) {
  if (nodes.empty()) refuse("", "nothing at all");
  if (nodes.size() > node_limit) refuse("", fmt::format("{} nodes", nodes.size()));
  CheckedTree tree{std::move(nodes), {}};
  tree.children.resize(tree.nodes.size());
  Numbers numbers;
  numbers.reserve(tree.nodes.size());
  for (std::uint32_t i = 0; i < tree.nodes.size(); ++i) {
    const std::string& path = tree.nodes[i].path;
    check_node(tree.nodes[i], i == 0);
    if (i != 0) tree.children[find_parent(tree.nodes, numbers, path)].push_back(i);
    if (!numbers.emplace(path, i).second) refuse(path, "twice");
  }
  // Siblings share all up to their names, so whole paths sort as the names do.
  for (auto& siblings : tree.children) {
    std::ranges::sort(siblings, {},
                      [&](std::uint32_t i) -> const std::string& { return tree.nodes[i].path; });
  }
  return tree;
}

}  // namespace deskloom::snapshot
