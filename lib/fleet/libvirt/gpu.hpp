#pragma once

#include <chrono>
#include <string>

#include "fleet/libvirt/connection.hpp"

namespace deskloom::fleet {

// A GPU of the host, whole (PCI) or a part (mediated device), given to a running instance, and waited for
// until the guest has it, or has let it go. Errors: as Runtime::attach_gpu.
void attach_gpu_device(const Connection& connection, const std::string& instance, const std::string& device,
                       std::chrono::milliseconds timeout);
void detach_gpu_device(const Connection& connection, const std::string& instance, const std::string& device,
                       std::chrono::milliseconds timeout);

}  // namespace deskloom::fleet
