#pragma once

#include "present/mount.hpp"
#include "present/tar.hpp"

// The entries of deskloom-present.so: libarchive alone would bring 11 shared libraries to every start.
namespace deskloom::present {

// Returns an object that the caller owns.
using TarSinkFactory = snapshot::TreeSink*(const WriteBytes&);
inline constexpr const char* tar_sink_symbol = "deskloom_make_tar_sink";
using Mount = void(const MountRequest&);
inline constexpr const char* mount_symbol = "deskloom_mount_trees";

}  // namespace deskloom::present
