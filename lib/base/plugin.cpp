#include "base/plugin.hpp"

#include <dlfcn.h>

#include <algorithm>

#include "base/error.hpp"

namespace deskloom::base {

std::vector<std::filesystem::path> plugin_candidates(const std::string& file) {
  std::error_code ignored;
  const auto program_dir = std::filesystem::read_symlink("/proc/self/exe", ignored).parent_path();
  return {(program_dir / "../lib/deskloom" / file).lexically_normal(),
          (program_dir / "../lib" / file).lexically_normal(),
          std::filesystem::path(DESKLOOM_PLUGIN_DIR) / file};
}

std::filesystem::path find_plugin(const std::vector<std::filesystem::path>& candidates) {
  const auto there = std::ranges::find_if(candidates, [](const auto& candidate) {
    std::error_code ignored;
    return std::filesystem::exists(candidate, ignored);
  });
  if (there != candidates.end()) return *there;
  std::string looked;
  for (const auto& candidate : candidates) looked += (looked.empty() ? "" : ", ") + candidate.string();
  throw Error(ErrorKind::failed, "a part of this program is missing; looked for " + looked,
              "install deskloom completely (cmake --install)");
}

void* load_plugin_symbol(const std::vector<std::filesystem::path>& candidates, const char* symbol,
                         const std::string& hint) {
  const auto file = find_plugin(candidates);
  void* library = ::dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) throw Error(ErrorKind::failed, std::string("cannot load ") + ::dlerror(), hint);
  void* found = ::dlsym(library, symbol);
  if (found == nullptr) {
    throw Error(ErrorKind::failed, file.string() + " is not a plugin of this program",
                "install deskloom again");
  }
  return found;
}

}  // namespace deskloom::base
