#pragma once

#include <filesystem>
#include <vector>

#include "fleet/open.hpp"

namespace deskloom::fleet {

// The plugin's entries: each returns an object that the caller owns; throws base::Error. Both sides are built
// from one tree, and the plugin is never unloaded, so C++ objects and exceptions may cross.
using RuntimeFactory = Runtime*(const HostTarget&);
inline constexpr const char* runtime_factory_symbol = "deskloom_open_libvirt_runtime";
using VolumeFileFactory = VolumeReading*(const std::filesystem::path&);
inline constexpr const char* volume_file_factory_symbol = "deskloom_open_volume_file";

// Where this program looks for the plugin: beside itself in the build tree, then where it is installed.
std::vector<std::filesystem::path> plugin_candidates();

// Loads the first candidate that exists. Throws Error(failed) naming them, or saying what the loader said.
RuntimeFactory* load_runtime_factory(const std::vector<std::filesystem::path>& candidates);
VolumeFileFactory* load_volume_file_factory(const std::vector<std::filesystem::path>& candidates);

}  // namespace deskloom::fleet
