#pragma once

#include <memory>

#include "fleet/libvirt/accelerator_cache.hpp"
#include "fleet/libvirt/connection.hpp"

namespace deskloom::fleet {

// Starts the smallest machine under "kvm" or "tcg" and waits for its firmware's first words: /dev/kvm being
// there proves nothing, for QEMU may abort or the guest hang. nullopt when it works, else what went wrong.
std::optional<std::string> why_unusable(const std::shared_ptr<Connection>& connection,
                                        const std::string& accelerator);

// What to start instances with: as target says, or for "auto" kvm where it is proven, else tcg.
AcceleratorVerdict decide_accelerator(const std::shared_ptr<Connection>& connection, const HostTarget& target,
                                      unsigned long hypervisor_version);

}  // namespace deskloom::fleet
