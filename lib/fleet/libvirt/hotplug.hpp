#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "fleet/libvirt/connection.hpp"

namespace deskloom::fleet {

// Memory through the instance's virtio-mem device; processors through ACPI. Each waits until the guest itself
// says that it has them, because QEMU and libvirt are content long before: a guest may leave what it was
// given offline, for ever. Errors: as Runtime::set_memory, set_vcpus.
//
// Measured with libvirt 9.0 and QEMU 7.2 under TCG: 512 MiB more are in use by the guest 0.1 to 0.2 s after
// they were asked for; 128 MiB blocks come back one by one, some 0.2 s each.
void give_memory(const Connection& connection, const std::string& instance, std::uint64_t bytes,
                 std::chrono::milliseconds timeout);

// Fewer: they are taken offline in the guest, and stay plugged. Unplugging them (virDomainSetVcpusFlags with
// fewer) ran into libvirt's 5 s for each processor, and after one such failure it refused all later changes
// ("An error occurred, but the cause is unknown"). A processor that is offline takes none of the host's time.
void give_vcpus(const Connection& connection, const std::string& instance, std::uint32_t vcpus,
                std::chrono::milliseconds timeout);

}  // namespace deskloom::fleet
