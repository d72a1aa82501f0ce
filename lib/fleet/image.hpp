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
// Of an image for containers, in place of kernel, disk and volume:
//   "container": "localhost/desk:1",                  an image of Podman's, or that the cluster's nodes can
//   get "command": ["/sbin/desk"],                        optional: what it runs in place of the image's own
//   command "network": "host",                                optional: the host's network; else "pod", one
//   of its own "display": {"protocol": "vnc", "port": 5900}      optional
struct ContainerDisplay {
  std::string protocol;  // "vnc", "spice"
  int port = 0;
};

struct ContainerImage {
  std::string reference;             // "localhost/desk:1"
  std::vector<std::string> command;  // empty: the image's own
  bool host_network = false;
  std::optional<ContainerDisplay> display;
};

struct Image {
  std::string name;
  std::filesystem::path kernel;
  std::filesystem::path initrd;
  std::string cmdline;
  std::filesystem::path disk;            // empty: none
  std::filesystem::path persona_volume;  // empty: none
  std::uint64_t minimum_memory_bytes = 0;
  std::optional<ContainerImage> container;  // of containers, not of virtual machines
};

// Throws Error(not_found) naming the image, the images there are, and scripts/build-guest; Error(usage) on a
// bad manifest.
Image load_image(const std::filesystem::path& image_dir, const std::string& name);
std::vector<std::string> list_images(const std::filesystem::path& image_dir);

}  // namespace deskloom::fleet
