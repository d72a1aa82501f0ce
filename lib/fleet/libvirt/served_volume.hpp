#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "fleet/libvirt/connection.hpp"
#include "fleet/volume.hpp"

// What Runtime promises of volumes that are served (SPEC A8).
namespace deskloom::fleet {

void attach_served_volume(const Connection& connection, const std::string& instance,
                          const ServedVolume& volume, const std::vector<ByteRange>& first,
                          std::chrono::milliseconds timeout);
VolumeLocality locality_of(const Connection& connection, const std::string& instance,
                           const std::string& disk);
VolumeLocality localise_served_volume(const Connection& connection, const std::string& instance,
                                      const ServedVolume& volume, std::uint64_t bytes_s);

}  // namespace deskloom::fleet
