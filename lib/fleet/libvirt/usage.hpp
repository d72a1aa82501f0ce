#pragma once

#include <vector>

#include "fleet/libvirt/connection.hpp"
#include "fleet/usage.hpp"

namespace deskloom::fleet {

// Of all running domains, in one question to the host. Throws Error(host_unreachable).
std::vector<InstanceUsage> usage_of_domains(const Connection& connection);

}  // namespace deskloom::fleet
