#pragma once

#include "fleet/libvirt/connection.hpp"

namespace deskloom::fleet {

// An instance's overlays in its directory: made by us where the driver is in this process, else by the host's
// libvirtd through a storage pool that exists for the moment only, so that no path needs to be seen from
// here. Both idempotent.
void create_overlays(const Connection& connection, const InstanceSpec& spec);
void remove_instance_files(const Connection& connection, const std::string& name,
                           const std::filesystem::path& directory);

}  // namespace deskloom::fleet
