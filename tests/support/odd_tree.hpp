#pragma once

#include <filesystem>
#include <string>

namespace deskloom::test {

// A directory with one of everything that a tree can hold: odd names, modes, times before 1970 and to the
// nanosecond, links of both kinds, holes, a fifo, a device where this process may make one, extended
// attributes and ACLs where the file system has them.
void make_odd_tree(const std::filesystem::path& root);

// Every path below root with all that can be seen of it but where its holes are, one line each, in order:
// equal for equal trees.
std::string describe_tree(const std::filesystem::path& root);

// A file that takes less of the disk than its size says.
bool has_holes(const std::filesystem::path& file);

}  // namespace deskloom::test
