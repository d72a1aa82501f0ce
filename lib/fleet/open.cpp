#include "fleet/open.hpp"

#include "fleet/container/kubectl.hpp"
#include "fleet/container/podman.hpp"
#include "fleet/loader.hpp"

namespace deskloom::fleet {

std::unique_ptr<Runtime> open_runtime(const HostTarget& target) {
  if (target.engine == "podman") return std::make_unique<PodmanRuntime>(target);
  if (target.engine == "kubernetes") return std::make_unique<KubectlRuntime>(target);
  static RuntimeFactory* const factory = load_runtime_factory(plugin_candidates());
  return std::unique_ptr<Runtime>(factory(target));
}

std::unique_ptr<VolumeReading> open_volume_file(const std::filesystem::path& path) {
  static VolumeFileFactory* const factory = load_volume_file_factory(plugin_candidates());
  return std::unique_ptr<VolumeReading>(factory(path));
}

}  // namespace deskloom::fleet
