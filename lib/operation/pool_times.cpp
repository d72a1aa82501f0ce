#include "operation/pool_times.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace deskloom::operation {
namespace {

constexpr int most_measured = 100;

// One kind of operation, and what is assumed of it as long as none was measured: a small guest on a busy
// host.
struct Measured {
  const char* kind;
  const char* name;
  double assumed_s;
};
constexpr Measured provisioning{"provision", "provisioning", 120};
constexpr Measured stitching{"stitch", "stitching", 30};
constexpr Measured inflating{"inflate", "inflating a shadow", 3};

// By the nearest rank; sorted is not empty.
double quantile(const std::vector<std::int64_t>& sorted, double level) {
  const auto rank = static_cast<std::size_t>(std::ceil(level * static_cast<double>(sorted.size())));
  return static_cast<double>(sorted[std::max<std::size_t>(rank, 1) - 1]) / 1000;
}

std::vector<std::int64_t> sorted_durations(const state::Store& state, const std::string& pool,
                                           const Measured& what, std::vector<std::string>& notes) {
  auto durations = state.pools.recent_durations_ms(pool, what.kind, most_measured);
  std::ranges::sort(durations);
  if (durations.empty()) {
    notes.push_back(
        fmt::format("{} was never measured here: {:.0f} s are assumed", what.name, what.assumed_s));
    durations.push_back(std::llround(what.assumed_s * 1000));
  }
  return durations;
}

}  // namespace

plan::PoolTimes pool_times(const state::Store& state, const std::string& pool,
                           std::vector<std::string>& notes) {
  const auto provisions = sorted_durations(state, pool, provisioning, notes);
  const auto stitches = sorted_durations(state, pool, stitching, notes);
  const auto inflations = sorted_durations(state, pool, inflating, notes);
  const double inflation = quantile(inflations, 0.5);
  // A ghost is inflated too before it is stitched.
  return {quantile(provisions, 0.5), quantile(provisions, 0.9), inflation + quantile(stitches, 0.5),
          inflation};
}

}  // namespace deskloom::operation
