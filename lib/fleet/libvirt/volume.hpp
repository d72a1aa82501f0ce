#pragma once

#include "fleet/libvirt/connection.hpp"
#include "fleet/volume.hpp"

namespace deskloom::fleet {

std::unique_ptr<VolumeReading> open_running_volume(const std::shared_ptr<Connection>& connection,
                                                   const std::string& instance, const VolumeRequest& request);

}  // namespace deskloom::fleet
