#pragma once

#include "fleet/volume.hpp"

namespace deskloom::fleet {

// What open_volume_file does once the plugin is loaded; needs libnbd, no libvirt.
std::unique_ptr<VolumeReading> read_volume_file(const std::filesystem::path& path);

}  // namespace deskloom::fleet
