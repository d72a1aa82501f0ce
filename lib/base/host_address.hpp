#pragma once

#include <optional>
#include <string>

namespace deskloom::base {

// The first IPv4 address under which other machines may find this one; nullopt: it has none but its own
// loopback.
std::optional<std::string> host_address();

}  // namespace deskloom::base
