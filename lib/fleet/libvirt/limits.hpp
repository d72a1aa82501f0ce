#pragma once

#include <cstdint>
#include <string>

#include "fleet/libvirt/connection.hpp"

namespace deskloom::fleet {

// Bytes a second; 0: not limited. What QEMU, or the kernel's traffic control, then says is what was asked
// for, or Error is thrown. Errors: as Runtime::set_network_limit, set_storage_limit.
void limit_network(const Connection& connection, const std::string& instance, std::uint64_t bytes_s);
void limit_storage(const Connection& connection, const std::string& instance, std::uint64_t bytes_s);

}  // namespace deskloom::fleet
