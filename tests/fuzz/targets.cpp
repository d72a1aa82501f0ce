#include "fuzz/targets.hpp"

namespace deskloom::test {

const std::vector<FuzzTarget>& fuzz_targets() {
  static const std::vector<FuzzTarget> all = [] {
    std::vector<FuzzTarget> targets;
    for (const auto& part :
         {snapshot_targets(), transfer_targets(), memory_targets(), guest_targets(), document_targets(),
          ingest_targets(), forecast_targets(), model_targets(), container_targets()})
      targets.insert(targets.end(), part.begin(), part.end());
    return targets;
  }();
  return all;
}

}  // namespace deskloom::test
