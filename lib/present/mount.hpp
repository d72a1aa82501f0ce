#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "snapshot/tree_view.hpp"

namespace deskloom::present {

struct MountedTree {
  std::string path;  // below the mount, "" for all of it; its directories hold nothing but trees
  std::int64_t created_at_ns = 0;
  std::function<std::unique_ptr<snapshot::TreeView>()> open;  // when it is first looked into
};

struct MountRequest {
  std::filesystem::path directory;  // an empty one
  std::vector<MountedTree> trees;
  bool allow_other = false;  // users other than the one that mounts: modes and owners decide
  bool background = false;   // the process goes on in the background once all is ready
  std::function<void()> on_ready;
  std::function<bool()> should_stop;                         // looked at five times a second
  std::function<void(const std::string& message)> on_error;  // what a reader saw as EIO; from several threads
};

// Shows trees as a read-only file system (FUSE) until it is unmounted or should_stop; unmounted when it
// returns. A node's inode number is the same at each mount of the same trees. Throws Error: usage when the
// directory is not one or not empty, failed when it cannot be mounted.
void mount(const MountRequest& request);

}  // namespace deskloom::present
