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

PoolTarget with_extra(PoolTarget target, int extra, const PoolLimits& limits) {
  if (extra <= 0) return target;
  target.ghosts = std::min(target.ghosts + extra, std::max(target.ghosts, limits.max));
  target.keep = std::max(target.keep, target.ghosts);
  target.reason += fmt::format(", and {} by rules of scaling", extra);
  return target;
}

}  // namespace deskloom::plan
