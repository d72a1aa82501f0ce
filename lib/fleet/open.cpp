#include "fleet/open.hpp"

#include "fleet/loader.hpp"

namespace deskloom::fleet {

std::unique_ptr<Runtime> open_runtime(const HostTarget& target) {
  static RuntimeFactory* const factory = load_runtime_factory(plugin_candidates());
  return std::unique_ptr<Runtime>(factory(target));
}

std::unique_ptr<VolumeReading> open_volume_file(const std::filesystem::path& path) {
  static VolumeFileFactory* const factory = load_volume_file_factory(plugin_candidates());
  return std::unique_ptr<VolumeReading>(factory(path));
}

}  // namespace deskloom::fleet
