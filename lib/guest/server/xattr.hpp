#pragma once

#include <string>

#include "guest/codec.hpp"

namespace deskloom::guest {

// Extended attributes that belong to the user: user.* and POSIX ACLs.

// Sorted by name. What cannot be read or is too large for a message is named in reason. Only a
// path_of_fd is to be followed.
enum class Follow { no, yes };
Pairs read_xattrs(const std::string& path, Follow follow, std::string& reason);
// Makes them exactly those; follows the last component. Returns why one could not be set, or "".
std::string write_xattrs(const std::string& path, const Pairs& wanted);

}  // namespace deskloom::guest
