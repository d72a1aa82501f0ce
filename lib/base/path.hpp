#pragma once

#include <string_view>

namespace deskloom::base {

// True when joining path to a directory can only name something below it, as text: relative, '/'-separated,
// no empty, "." or ".." component, no NUL, each component at most 255 bytes and the whole at most 4095.
// Symbolic links on the way are the caller's to refuse (openat with O_NOFOLLOW, component by component).
bool is_safe_relative_path(std::string_view path);

// Of such paths, where "" is the directory that they are relative to.
std::string_view parent_path(std::string_view path);
bool is_below(std::string_view path, std::string_view directory);

}  // namespace deskloom::base
