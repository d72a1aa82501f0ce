#pragma once

#include <string>
#include <utility>
#include <vector>

namespace deskloom::snapshot {

// Sorted by name. Without privilege, security.* and trusted.* are neither read nor written: they can give
// rights.
using Xattrs = std::vector<std::pair<std::string, std::string>>;

// path is not followed when it is a symbolic link; empty where the file system has none.
Xattrs read_xattrs(const std::string& path);
// Of the file that fd is open on, for reading.
Xattrs read_xattrs(int fd);
// Makes them equal to wanted; path is followed. Returns "NAME: reason" for each that was refused.
std::vector<std::string> write_xattrs(const std::string& path, const Xattrs& wanted);

}  // namespace deskloom::snapshot
