// What it costs to keep desktops ready: the best of each rule's settings (SPEC D4).
#include "predict/cost/curve.hpp"

#include <cmath>
#include <limits>

#include "support/catch.hpp"

using namespace deskloom::predict;

TEST_CASE("of a rule's settings those stay that no other beats in both") {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const auto curve = pareto(
      {{1, 0.1, 50}, {2, 0.5, 10}, {3, 0.3, 20}, {4, 0.3, 25}, {5, 0.6, 12}, {6, nan, 1}, {7, 0.2, nan}});
  REQUIRE(curve.size() == 3);
  CHECK(curve[0].setting == 2);
  CHECK(curve[1].setting == 3);
  CHECK(curve[2].setting == 1);
}

TEST_CASE("between two settings each is used for a part of the time") {
  const std::vector<CostPoint> curve{{1, 0.5, 10}, {2, 0.3, 20}, {3, 0.1, 50}};
  CHECK(std::abs(idle_at(curve, 0.4) - 15) < 1e-9);
  CHECK(std::abs(idle_at(curve, 0.1) - 50) < 1e-9);
  CHECK(std::abs(idle_at(curve, 0.15) - 42.5) < 1e-9);
  CHECK(idle_at(curve, 0.9) == 10);
  CHECK(std::isnan(idle_at(curve, 0.05)));
  CHECK(std::isnan(idle_at({}, 0.05)));
}
