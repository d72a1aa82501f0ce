#include "fleet/libvirt/runtime.hpp"
#include "fleet/libvirt/volume_file.hpp"
#include "fleet/loader.hpp"

extern "C" __attribute__((visibility("default"))) deskloom::fleet::Runtime* deskloom_open_libvirt_runtime(
    const deskloom::fleet::HostTarget& target) {
  return new deskloom::fleet::LibvirtRuntime(target);
}

extern "C" __attribute__((visibility("default"))) deskloom::fleet::VolumeReading* deskloom_open_volume_file(
    const std::filesystem::path& path) {
  return deskloom::fleet::read_volume_file(path).release();
}
