// Where users were, hour by hour (SPEC D5).
#include "predict/place/history.hpp"

#include "support/catch.hpp"

using namespace deskloom;
using namespace deskloom::predict;

namespace {

TimeGrid warsaw(const char* from, int days) {
  const base::Timestamp begin = base::parse_rfc3339(from);
  return {base::TimeZone("Europe/Warsaw"), begin, begin + std::chrono::days(days)};
}

}  // namespace

TEST_CASE("an hour's place is the one seen most often, and of several the first") {
  const TimeGrid grid = warsaw("2026-01-06T23:00:00.000Z", 1);
  const std::int64_t at = grid.begin_s();
  const std::vector<Fix> fixes{{at - 1, 9},    {at, 1},        {at + 60, 2},     {at + 120, 2},
                               {at + 3600, 4}, {at + 3700, 3}, {at + 86'400, 5}, {at + 90'000, 9}};
  const auto sightings = hourly_places(grid, fixes);
  REQUIRE(sightings.size() == 2);
  CHECK(sightings[0].hour == 0);
  CHECK(sightings[0].place == 2);
  CHECK(sightings[1].hour == 1);
  CHECK(sightings[1].place == 4);
  CHECK(hourly_places(grid, {}).empty());
}

TEST_CASE("hours on the wall are those of the week, over both changes of the clock") {
  for (const char* from : {"2026-03-24T23:00:00.000Z", "2026-10-20T22:00:00.000Z"}) {
    const TimeGrid grid = warsaw(from, 12);
    const auto hours = wall_hours(grid);
    REQUIRE(static_cast<std::int64_t>(hours.size()) == hours_of(grid));
    CHECK(hours.front() == 2 * day_h);  // a Wednesday
    int skipped = 0, repeated = 0;
    for (std::size_t hour = 0; hour < hours.size(); ++hour) {
      CHECK(hours[hour] % week_h ==
            grid.hour_of_week(static_cast<std::int64_t>(hour) * hour_slots) / hour_slots);
      if (hour == 0 || hours[hour] == hours[hour - 1] + 1) continue;
      skipped += hours[hour] == hours[hour - 1] + 2 ? 1 : 0;
      repeated += hours[hour] == hours[hour - 1] ? 1 : 0;
    }
    CHECK(skipped + repeated == 1);
    CHECK((skipped == 1) == (from[6] == '3'));
  }
}
