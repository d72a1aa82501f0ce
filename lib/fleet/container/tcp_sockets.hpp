#pragma once

#include <string_view>

namespace deskloom::fleet {

// How many established connections to the local port the text of /proc/net/tcp and tcp6 lists (proc(5)).
// Lines that are none count nothing.
int count_connections(std::string_view text, int port);

}  // namespace deskloom::fleet
