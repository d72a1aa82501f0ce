// A pool's demand as it was (SPEC D5).
#include "predict/demand/series.hpp"

#include <cmath>
#include <limits>

#include "office.hpp"
#include "support/catch.hpp"

using namespace deskloom;
using namespace deskloom::predict;
using namespace deskloom::test;
#ifdef DESKLOOM_CATCH2_V2
using Catch::Detail::Approx;
#endif

TEST_CASE("sessions are counted where they begin, and last as long as they do") {
  const auto grid = weeks_from_january(1);
  const std::int64_t nine = grid.time_s(36), before = grid.begin_s() - 1800;
  const std::vector<UserSessions> users{{"ann", {{nine + 60, nine + 60 + 5400}}},
                                        {"bob", {{nine + 1000, nine + 1360}}},
                                        {"eve", {{before, before + 3600}}},
                                        {"may", {{grid.time_s(grid.slots()) - 900, nine + 1'000'000}}}};
  const auto slots = arrivals_per_slot(grid, users);
  REQUIRE(slots.size() == 672);
  CHECK(slots[0] == 0);
  CHECK(slots[36] == 1);
  CHECK(slots[37] == 1);
  CHECK(slots[671] == 1);
  const auto arrivals = arrivals_per_hour(slots);
  REQUIRE(arrivals.size() == 168);
  CHECK(arrivals[9] == 2);
  const auto concurrent = concurrent_per_hour(grid, users);
  REQUIRE(concurrent.size() == 168);
  CHECK(concurrent[0] == Approx(0.5));
  CHECK(concurrent[9] == Approx((3540.0 + 360) / 3600));
  CHECK(concurrent[10] == Approx(1860.0 / 3600));
  CHECK(concurrent[11] == 0);
  CHECK(concurrent[167] == Approx(0.25));
}

TEST_CASE("hours of the week follow the clock on the wall") {
  const base::Timestamp sunday{std::chrono::seconds(1'774'738'800)};  // 29 March 2026, midnight in Warsaw
  const TimeGrid grid(base::TimeZone("Europe/Warsaw"), sunday, sunday + std::chrono::hours(6));
  CHECK(hours_of_week(grid) == std::vector<std::int16_t>{144, 145, 147, 148, 149, 150});
}

TEST_CASE("a working day between a holiday and a day off is a bridge") {
  DemandSeries series;
  for (std::int16_t hour = 0; hour < 168; ++hour) series.hours_of_week.push_back(hour);
  series.holidays.assign(168, 0);
  std::fill_n(series.holidays.begin() + 3 * 24, 24, 1);  // Thursday
  CHECK(kind_of_day(series, 2 * 24 + 9) == DayKind::ordinary);
  CHECK(kind_of_day(series, 3 * 24 + 9) == DayKind::holiday);
  CHECK(kind_of_day(series, 4 * 24 + 9) == DayKind::bridge);
  CHECK(kind_of_day(series, 5 * 24 + 9) == DayKind::ordinary);  // off anyway
  series.holidays.clear();
  CHECK(kind_of_day(series, 3 * 24 + 9) == DayKind::ordinary);
}

TEST_CASE("values that cannot be are not known") {
  const std::vector<float> values{3, -1, std::numeric_limits<float>::infinity(), std::nanf("")};
  CHECK(known_or_nan(values, 0) == 3);
  for (const std::size_t at : {1U, 2U, 3U, 4U}) CHECK(std::isnan(known_or_nan(values, at)));
}
