#include "plan/demand.hpp"

#include <fmt/format.h>

namespace deskloom::plan {

WarmTarget FixedDemand::target(const PoolSituation& situation) const {
  const auto& limits = situation.limits;
  const int beside_used = limits.size - situation.in_use;
  if (beside_used > limits.floor)
    return {beside_used, fmt::format("size {} less {} in use", limits.size, situation.in_use)};
  return {limits.floor, fmt::format("floor {}", limits.floor)};
}

}  // namespace deskloom::plan
