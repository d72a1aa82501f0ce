#pragma once

#include <sys/stat.h>

#include <string>
#include <vector>

#include "snapshot/tree.hpp"

// Between Node and this machine's file-system calls.
namespace deskloom::snapshot {

// One file could not be read; the rest of the tree goes on.
struct LocalReadError {
  std::string reason;
};

// name is for the message of the Error.
struct stat status_of(int fd, const std::string& name);
// Without target and xattrs. root_device: inode numbers are unique on one file system only.
Node node_from_status(std::string path, const struct stat& status, dev_t root_device);
// Empty when it is gone or longer than a path can be.
std::string read_link(int parent, const std::string& name);

// The permission bits this process gives a node: setuid and setgid would mean another owner than was stored.
std::uint32_t effective_mode(const Node& node, const struct stat& status);
// Gives what fd (O_PATH will do) is open on the node's owner, xattrs, mode and times, where they differ.
// Returns what was refused.
std::vector<std::string> apply_metadata(int fd, const Node& node);

}  // namespace deskloom::snapshot
