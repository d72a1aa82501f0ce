#include "fleet/loader.hpp"

#include <dlfcn.h>

#include <algorithm>

#include "base/error.hpp"

namespace deskloom::fleet {
namespace {

constexpr const char* plugin_file = "deskloom-libvirt.so";

void* load(const std::filesystem::path& plugin) {
  void* library = ::dlopen(plugin.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (library != nullptr) return library;
  throw base::Error(base::ErrorKind::failed, std::string("cannot load ") + ::dlerror(),
                    "install libvirt's client library (Debian: libvirt0); see deskloom doctor");
}

void* load_symbol(const std::vector<std::filesystem::path>& candidates, const char* name) {
  const auto there = std::find_if(candidates.begin(), candidates.end(), [](const auto& candidate) {
    std::error_code ignored;
    return std::filesystem::exists(candidate, ignored);
  });
  if (there == candidates.end()) {
    std::string looked;
    for (const auto& candidate : candidates) looked += (looked.empty() ? "" : ", ") + candidate.string();
    throw base::Error(base::ErrorKind::failed, "no libvirt plugin; looked for " + looked,
                      "install deskloom completely (cmake --install)");
  }
  void* symbol = ::dlsym(load(*there), name);
  if (symbol == nullptr) {
    throw base::Error(base::ErrorKind::failed, there->string() + " is not a plugin of this program",
                      "install deskloom again");
  }
  return symbol;
}

}  // namespace

std::vector<std::filesystem::path> plugin_candidates() {
  std::error_code ignored;
  const auto program_dir = std::filesystem::read_symlink("/proc/self/exe", ignored).parent_path();
  return {(program_dir / "../lib/deskloom" / plugin_file).lexically_normal(),
          (program_dir / "../lib" / plugin_file).lexically_normal(),
          std::filesystem::path(DESKLOOM_PLUGIN_DIR) / plugin_file};
}

RuntimeFactory* load_runtime_factory(const std::vector<std::filesystem::path>& candidates) {
  return reinterpret_cast<RuntimeFactory*>(load_symbol(candidates, runtime_factory_symbol));
}

VolumeFileFactory* load_volume_file_factory(const std::vector<std::filesystem::path>& candidates) {
  return reinterpret_cast<VolumeFileFactory*>(load_symbol(candidates, volume_file_factory_symbol));
}

}  // namespace deskloom::fleet
