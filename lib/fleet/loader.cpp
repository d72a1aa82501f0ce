#include "fleet/loader.hpp"

#include "base/plugin.hpp"

namespace deskloom::fleet {
namespace {

constexpr const char* hint = "install libvirt's client library (Debian: libvirt0); see deskloom doctor";

}  // namespace

std::vector<std::filesystem::path> plugin_candidates() {
  return base::plugin_candidates("deskloom-libvirt.so");
}

RuntimeFactory* load_runtime_factory(const std::vector<std::filesystem::path>& candidates) {
  return reinterpret_cast<RuntimeFactory*>(
      base::load_plugin_symbol(candidates, runtime_factory_symbol, hint));
}

VolumeFileFactory* load_volume_file_factory(const std::vector<std::filesystem::path>& candidates) {
  return reinterpret_cast<VolumeFileFactory*>(
      base::load_plugin_symbol(candidates, volume_file_factory_symbol, hint));
}

}  // namespace deskloom::fleet
