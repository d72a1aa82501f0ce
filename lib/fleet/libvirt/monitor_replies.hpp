#pragma once

#include <optional>

#include "base/json.hpp"

namespace deskloom::fleet {

// How many clients QEMU's returns of query-vnc and query-spice name (QEMU's docs/interop/qemu-qmp-ref): a
// client of SPICE has several channels of one connection. nullopt: there is no such display.
std::optional<int> count_vnc_clients(const base::Json& display);
std::optional<int> count_spice_clients(const base::Json& display);

}  // namespace deskloom::fleet
