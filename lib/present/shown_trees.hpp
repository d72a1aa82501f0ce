#pragma once

#include <cstdint>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "present/mount.hpp"

namespace deskloom::present {

// Gives every directory above the trees, and every node in them, its inode number. Trees are opened when they
// are looked into, and those that were not for the longest are closed.
class ShownTrees {
 public:
  using Inode = std::uint64_t;
  using View = std::shared_ptr<const snapshot::TreeView>;
  static constexpr Inode root = 1;

  explicit ShownTrees(std::vector<MountedTree> trees);

  // A node of a tree, or one of the directories above them.
  struct Place {
    View view;                 // nullptr: above
    std::size_t tree = 0;      // by view alone
    std::uint64_t number = 0;  // in the view; else of the directory
  };
  Place place_of(Inode inode) const;
  Inode inode_of(std::size_t tree, std::uint64_t number) const;

  struct Child {
    std::string name;
    Inode inode = 0;
    snapshot::NodeType type = snapshot::NodeType::directory;
  };
  std::vector<Child> children(const Place& directory) const;
  std::optional<Inode> find(const Place& directory, const std::string& name) const;
  std::int64_t created_at_ns(const Place& above) const;  // of the newest below it

 private:
  struct Above {
    std::map<std::string, Inode> children;
    std::int64_t created_at_ns = 0;
  };
  void add(std::size_t tree);
  View view_of(std::size_t tree) const;

  std::vector<MountedTree> trees_;
  std::vector<Above> above_;  // by inode less root; none when one tree is all
  mutable std::mutex mutex_;
  mutable std::list<std::pair<std::size_t, View>> open_;  // the last used first
};

}  // namespace deskloom::present
