#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "fleet/libvirt/connection.hpp"

namespace deskloom::fleet {

// How many viewers look at the instance's display now, by QEMU's word; libvirt itself does not tell. nullopt:
// it has no display, or the host does not let QEMU be asked. Throws Error(not_found) when it does not run.
std::optional<int> display_clients(const Connection& connection, const std::string& name);

}  // namespace deskloom::fleet
