#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "fleet/volume.hpp"
#include "snapshot/image.hpp"

// Volumes and memory as the snapshot store wants them.
namespace deskloom::operation {

// A volume being read; it must outlive the source.
std::unique_ptr<snapshot::ImageSource> image_of(fleet::VolumeReading& volume);

// A disk that no running instance writes to: qcow2 by that suffix, else raw, or a block device. Throws
// Error(not_found), Error(failed) when somebody writes to it.
std::unique_ptr<snapshot::ImageSource> open_volume_image(const std::filesystem::path& file);
// With a layer "memory" that came from a save image: what of it is not memory.
inline constexpr const char* machine_layer = "machine";

// The memory of a machine: a RAM file, or libvirt's save image, which holds more than that.
struct MemoryImage {
  std::unique_ptr<snapshot::ImageSource> pages;
  std::optional<std::string> rest;  // fleet/save_image.hpp
};
// Throws Error(not_found), Error(failed) as fleet::SaveImage.
MemoryImage open_memory_image(const std::filesystem::path& file);

}  // namespace deskloom::operation
