#include "present/shown_trees.hpp"

#include <algorithm>

namespace deskloom::present {
namespace {

constexpr std::size_t most_open = 16;
// An inode number is the number of its tree plus one, then that of the node.
constexpr unsigned node_bits = 40;

}  // namespace

ShownTrees::ShownTrees(std::vector<MountedTree> trees) : trees_(std::move(trees)) {
  if (trees_.size() == 1 && trees_.front().path.empty()) return;
  above_.emplace_back();
  for (std::size_t i = 0; i < trees_.size(); ++i) add(i);
}

void ShownTrees::add(std::size_t tree) {
  Inode at = root;
  std::string_view rest = trees_[tree].path;
  for (;;) {
    Above& above = above_[at - root];
    above.created_at_ns = std::max(above.created_at_ns, trees_[tree].created_at_ns);
    const auto slash = rest.find('/');
    const std::string name(rest.substr(0, slash));
    if (slash == std::string_view::npos) {
      above.children[name] = inode_of(tree, 0);
      return;
    }
    rest.remove_prefix(slash + 1);
    const auto [found, is_new] = above.children.try_emplace(name, root + above_.size());
    at = found->second;
    if (is_new) above_.emplace_back();
  }
}

ShownTrees::Inode ShownTrees::inode_of(std::size_t tree, std::uint64_t number) const {
  if (above_.empty() && number == 0) return root;
  return (tree + 1) << node_bits | number;
}

ShownTrees::Place ShownTrees::place_of(Inode inode) const {
  if (inode >> node_bits > 0) {
    const std::size_t tree = (inode >> node_bits) - 1;
    return {view_of(tree), tree, inode & ((Inode{1} << node_bits) - 1)};
  }
  if (above_.empty()) return {view_of(0), 0, 0};
  return {nullptr, 0, inode - root};
}

ShownTrees::View ShownTrees::view_of(std::size_t tree) const {
  const std::lock_guard guard(mutex_);
  const auto found = std::ranges::find(open_, tree, &std::pair<std::size_t, View>::first);
  if (found != open_.end()) {
    open_.splice(open_.begin(), open_, found);
  } else {
    open_.emplace_front(tree, trees_.at(tree).open());
    if (open_.size() > most_open) open_.pop_back();
  }
  return open_.front().second;
}

std::vector<ShownTrees::Child> ShownTrees::children(const Place& directory) const {
  std::vector<Child> children;
  if (!directory.view) {
    for (const auto& [name, inode] : above_[directory.number].children) children.push_back({name, inode});
    return children;
  }
  for (auto& child : directory.view->children(directory.number))
    children.push_back({std::move(child.name), inode_of(directory.tree, child.number), child.type});
  return children;
}

std::optional<ShownTrees::Inode> ShownTrees::find(const Place& directory, const std::string& name) const {
  if (!directory.view) {
    const auto& children = above_[directory.number].children;
    const auto found = children.find(name);
    return found == children.end() ? std::nullopt : std::optional(found->second);
  }
  const std::string path = directory.view->node(directory.number).path;
  const auto number = directory.view->find(path.empty() ? name : path + "/" + name);
  if (!number) return std::nullopt;
  return inode_of(directory.tree, directory.view->links(*number).first);
}

std::int64_t ShownTrees::created_at_ns(const Place& above) const {
  return above_[above.number].created_at_ns;
}

}  // namespace deskloom::present
