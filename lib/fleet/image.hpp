#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace deskloom::fleet {

// What instances are made from: a directory DIR/NAME with a manifest image.json:
//   {"version": 1,
//    "kernel": "vmlinuz", "initrd": "initrd", "cmdline": "…",   direct kernel boot: both files or neither
//    "disk": "root.qcow2",                                      optional, overlaid per instance
//    "persona_volume": "persona.qcow2",                         optional, overlaid per instance
//    "minimum_memory_mib": 128}
// Paths are relative to the directory and may not leave it. A disk is qcow2 by that suffix, else raw.
struct Image {
  std::string name;
  std::filesystem::path kernel;
  std::filesystem::path initrd;
  std::string cmdline;
  std::filesystem::path disk;            // empty: none
  std::filesystem::path persona_volume;  // empty: none
  std::uint64_t minimum_memory_bytes = 0;
};

// Throws Error(not_found) naming the image, the images there are, and scripts/build-guest; Error(usage) on a
// bad manifest.
Image load_image(const std::filesystem::path& image_dir, const std::string& name);
std::vector<std::string> list_images(const std::filesystem::path& image_dir);

}  // namespace deskloom::fleet
