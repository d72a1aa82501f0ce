#pragma once

#include <sys/stat.h>

#include "present/shown_trees.hpp"

namespace deskloom::present {

// What stat(2) says of a node. Throws as TreeView does.
struct stat status_of(const ShownTrees& trees, ShownTrees::Inode inode);

}  // namespace deskloom::present
