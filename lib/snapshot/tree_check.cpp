#include "snapshot/tree_check.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <string_view>

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

void check_node(const Node& node) {
  if (!is_safe_path(node.path)) refuse(node.path, "an unsafe path");
  const std::string problem = node_problem(node);
  if (!problem.empty()) refuse(node.path, problem);
  if (node.type != NodeType::file && node.link_group != 0) refuse(node.path, "hard links to what is no file");
}

}  // namespace

bool is_safe_path(const std::string& path) { return path.empty() || base::is_safe_relative_path(path); }

std::string base_name(const std::string& path) { return path.substr(path.rfind('/') + 1); }

std::string TreeShape::problem(const Node& node) {
  if (directories_.empty()) {
    if (!node.path.empty() || node.type != NodeType::directory) return "first, where the root must be";
    directories_ = {""};
    return {};
  }
  if (!path_less(last_, node.path)) return "twice, or out of order";
  while (directories_.size() > 1 && !base::is_below(node.path, directories_.back())) directories_.pop_back();
  if (directories_.back() != base::parent_path(node.path)) return "below what is no directory";
  if (node.type == NodeType::directory) directories_.push_back(node.path);
  last_ = node.path;
  return {};
}

std::vector<std::uint32_t> check_tree(const std::vector<Node>& nodes) {
  if (nodes.empty()) refuse("", "nothing at all");
  if (nodes.size() > node_limit) refuse("", fmt::format("{} nodes", nodes.size()));
  std::vector<std::uint32_t> order(nodes.size());
  std::iota(order.begin(), order.end(), 0U);
  const auto path_of = [&](std::uint32_t i) -> std::string_view { return nodes[i].path; };
  if (!std::ranges::is_sorted(order, path_less, path_of)) std::ranges::sort(order, path_less, path_of);
  TreeShape shape;
  for (const std::uint32_t i : order) {
    check_node(nodes[i]);
    if (const auto problem = shape.problem(nodes[i]); !problem.empty()) refuse(nodes[i].path, problem);
  }
  return order;
}

}  // namespace deskloom::snapshot
