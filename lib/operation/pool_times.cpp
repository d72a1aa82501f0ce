#include "operation/pool_times.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace deskloom::operation {
namespace {

constexpr int most_measured = 100;

// What is assumed of one kind of operation as long as none was measured: a small guest on a busy host.
struct Assumed {
  const char* name;
  double seconds;
};
constexpr Assumed provisioning{"provisioning", 120};
constexpr Assumed stitching{"stitching", 30};
constexpr Assumed inflating{"inflating a shadow", 3};

// By the nearest rank; sorted is not empty.
double quantile(const std::vector<std::int64_t>& sorted, double level) {
  const auto rank = static_cast<std::size_t>(std::ceil(level * static_cast<double>(sorted.size())));
  return static_cast<double>(sorted[std::max<std::size_t>(rank, 1) - 1]) / 1000;
}

std::vector<std::int64_t> sorted(std::vector<std::int64_t> durations, const Assumed& otherwise,
                                 std::vector<std::string>& notes) {
  std::ranges::sort(durations);
  if (durations.empty()) {
    notes.push_back(
        fmt::format("{} was never measured here: {:.0f} s are assumed", otherwise.name, otherwise.seconds));
    durations.push_back(std::llround(otherwise.seconds * 1000));
  }
  return durations;
}

}  // namespace

plan::PoolTimes pool_times(const state::Store& state, const std::string& pool,
                           std::vector<std::string>& notes) {
  const auto& pools = state.pools;
  const auto provisions =
      sorted(pools.recent_durations_ms(pool, "provision", most_measured), provisioning, notes);
  const auto stitches = sorted(pools.recent_durations_ms(pool, "stitch", most_measured), stitching, notes);
  const auto inflations = sorted(pools.recent_full_inflations_ms(pool, most_measured), inflating, notes);
  const double inflation = quantile(inflations, 0.5);
  // A ghost is inflated too before it is stitched.
  return {quantile(provisions, 0.5), quantile(provisions, 0.9), inflation + quantile(stitches, 0.5),
          inflation};
}

}  // namespace deskloom::operation
