#pragma once

#include "guest/server/home.hpp"
#include "guest/wire.hpp"

namespace deskloom::guest {

// Sends one file of the last list as file_begin, data and hole, file_end; file_failed when it is not that
// file any more, cannot be read, or changed while it was read. To be used under AsUser.
void send_file(MessageStream& stream, Home& home, std::uint64_t index, const std::string& path,
               std::uint64_t inode);

}  // namespace deskloom::guest
