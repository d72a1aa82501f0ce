#include "fleet/open.hpp"

#include "fleet/loader.hpp"

namespace deskloom::fleet {

std::unique_ptr<Runtime> open_runtime(const HostTarget& target) {
  static RuntimeFactory* const factory = load_runtime_factory(plugin_candidates());
  return std::unique_ptr<Runtime>(factory(target));
}

}  // namespace deskloom::fleet
