#include "plan/pool_target.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace deskloom::plan {

PoolTarget least_target(const PoolLimits& limits, int scheduled, int used) {
  const int beside_used = limits.size - used;
  const int least = std::max({limits.floor, scheduled, beside_used});
  if (least == limits.floor) return {least, least, fmt::format("floor {}", limits.floor), {}};
  if (least == scheduled) return {least, least, fmt::format("schedule {}", scheduled), {}};
  return {least, least, fmt::format("size {} less {} in use", limits.size, used), {}};
}

}  // namespace deskloom::plan
