// What it costs when a pool that users share follows a forecast (SPEC D4).
#include "predict/cost/shared_pool.hpp"

#include <cmath>

#include "base/error.hpp"
#include "office.hpp"
#include "predict/demand/series.hpp"
#include "support/catch.hpp"

using namespace deskloom;
using namespace deskloom::predict;
using namespace deskloom::test;

TEST_CASE("idle desktops and unmet arrivals are counted as by hand") {
  ReadyCost cost({0, 2});
  for (const double arrived : {0.0, 1.0, 3.0}) cost.add(std::vector<double>{0, 2}, arrived);
  const auto points = cost.points();
  CHECK(points[0].unmet == 1);
  CHECK(points[0].idle_minutes == 0);
  CHECK(points[1].unmet == 0.25);
  CHECK(std::abs(points[1].idle_minutes - 15 * 3 / 4.0) < 1e-9);
}

TEST_CASE("at an office a pool that follows forecasts idles less than one that is always as large") {
  const auto grid = weeks_from_january(12);
  const auto users = office(20, 12);
  const SlotArrivals arrivals{arrivals_per_slot(grid, users), arrivals_by_habit(grid, users, {})};
  const auto curves = shared_pool_costs(grid, arrivals, {9 * slots_per_week, grid.slots(), 3, slots_per_day});
  REQUIRE(curves.size() == 5);
  const double always = idle_at(curves.front().points, 0.1);
  for (const std::size_t better : {2U, 3U, 4U}) {
    CAPTURE(curves[better].model);
    CHECK(idle_at(curves[better].points, 0.1) < 0.5 * always);
  }
  for (const CostCurve& curve : curves)
    for (const CostPoint& point : curve.points)
      CHECK((std::isfinite(point.unmet) && point.idle_minutes >= 0));
}

TEST_CASE("simple rules of a shared pool know nothing of what is to come") {
  const auto grid = weeks_from_january(8);
  const auto users = office(10, 8);
  SlotArrivals arrivals{arrivals_per_slot(grid, users), {}};
  const std::int64_t from = 6 * slots_per_week, until = 7 * slots_per_week;
  const auto whole = shared_pool_costs(grid, arrivals, {from, until});
  for (auto slot = static_cast<std::size_t>(until); slot < arrivals.arrivals.size(); ++slot)
    arrivals.arrivals[slot] = 100;
  const auto other = shared_pool_costs(grid, arrivals, {from, until});
  for (std::size_t i = 0; i < whole.size(); ++i)
    CHECK(idle_at(whole[i].points, 0.1) == idle_at(other[i].points, 0.1));
  CHECK_THROWS_AS(shared_pool_costs(grid, arrivals, {100, until}), base::Error);
}
