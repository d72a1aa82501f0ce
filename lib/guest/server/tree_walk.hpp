#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "base/path_filter.hpp"
#include "guest/server/home.hpp"
#include "guest/server/notes.hpp"

namespace deskloom::guest {

// Which paths of the home a request is about.
class Selection {
 public:
  // Throws Error(usage) when an include path could leave the home.
  explicit Selection(const TreeRequest& request);
  // Inside what is included and not excluded.
  bool contains(const std::string& path, bool is_directory) const;
  // Not in it itself but a directory on the way to it.
  bool leads_to(const std::string& path) const;
  const std::vector<std::string>& include() const { return include_; }

 private:
  std::vector<std::string> include_;
  base::PathFilter exclude_;
};

// Walks what is selected, the home first, each directory's content sorted and right after it. Does not follow
// links, does not enter other file systems; says in skipped what was left out and why. To be used under
// AsUser.
class TreeWalk {
 public:
  using OnNode = std::function<void(const GuestNode&)>;
  TreeWalk(Home& home, const Selection& selection, OnNode on_node, Notes& skipped);
  void run();

 private:
  void visit(int directory, const std::string& name, const std::string& path);
  void enter(int directory, const std::string& name, const std::string& path);
  // Adds what stat(2) does not tell; false when the node is to be left out.
  bool complete(GuestNode& node, int directory, const std::string& name, nlink_t links);
  void note_missing_includes();

  Home& home_;
  const Selection& selection_;
  OnNode on_node_;
  Notes& skipped_;
  std::map<std::uint64_t, GuestNode> linked_;  // inode → as its first link was reported
};

// The entries of an open directory without "." and "..", sorted. Throws Error.
std::vector<std::string> names_in(int directory);

}  // namespace deskloom::guest
