#include "predict/cost/curve.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <tuple>

namespace deskloom::predict {

std::vector<CostPoint> pareto(std::vector<CostPoint> points) {
  std::erase_if(points, [](const CostPoint& point) {
    return !std::isfinite(point.unmet) || !std::isfinite(point.idle_minutes);
  });
  std::ranges::sort(points, {},
                    [](const CostPoint& point) { return std::tuple(point.idle_minutes, point.unmet); });
  double fewest = std::numeric_limits<double>::infinity();
  std::erase_if(points, [&](const CostPoint& point) {
    const bool is_beaten = point.unmet >= fewest;
    fewest = std::min(fewest, point.unmet);
    return is_beaten;
  });
  return points;
}

double idle_at(const std::vector<CostPoint>& pareto, double unmet) {
  const auto enough =
      std::ranges::find_if(pareto, [&](const CostPoint& point) { return point.unmet <= unmet; });
  if (enough == pareto.end()) return std::numeric_limits<double>::quiet_NaN();
  if (enough == pareto.begin()) return enough->idle_minutes;
  const CostPoint& few = *std::prev(enough);
  return std::lerp(few.idle_minutes, enough->idle_minutes, (few.unmet - unmet) / (few.unmet - enough->unmet));
}

}  // namespace deskloom::predict
