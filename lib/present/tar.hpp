#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <span>

#include "snapshot/tree.hpp"

namespace deskloom::present {

// Takes the bytes of an archive, in order; may throw.
using WriteBytes = std::function<void(std::span<const std::byte>)>;

// A tree as a pax archive (POSIX.1-2001, with the SCHILY and GNU.sparse records that GNU tar and libarchive
// understand): types, modes, owners by number, times to the nanosecond, links, hard links, devices, holes,
// extended attributes, ACLs, and names that are not UTF-8 as they are. Sockets are left out. Equal trees give
// equal bytes. finish() throws Error(partial) when an attribute could not be put into it.
std::unique_ptr<snapshot::TreeSink> tar_sink(const WriteBytes& write);

}  // namespace deskloom::present
