#pragma once

#include <vector>

#include "snapshot/store.hpp"
#include "snapshot/tree_object.hpp"

namespace deskloom::snapshot {

bool same_content(const Entry& a, const Entry& b);
// A directory's mtime only says that its entries changed, which is told by them.
bool same_metadata(const Node& a, const Node& b);

using Entries = std::vector<const Entry*>;

// Takes out of what only the older and only the newer tree have, both in the order of trees, what was moved
// from one path to another: files and links of equal content that is long enough to tell, or of the same
// inode; and directories with all that is in them, where nothing of it changed.
std::vector<Change> take_moves(Entries& removed, Entries& added);

}  // namespace deskloom::snapshot
