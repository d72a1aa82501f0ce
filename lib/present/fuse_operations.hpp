#pragma once

#define FUSE_USE_VERSION 35
#include <fuse3/fuse_lowlevel.h>

#include "present/mount.hpp"
#include "present/shown_trees.hpp"

namespace deskloom::present {

// What FUSE's callbacks get as their user data.
struct Served {
  ShownTrees trees;
  std::function<void(const std::string& message)> on_error;
};

// Answers the kernel's questions about served trees, read-only.
const fuse_lowlevel_ops& operations();

}  // namespace deskloom::present
