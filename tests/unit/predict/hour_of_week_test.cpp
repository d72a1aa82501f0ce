// What habits say of each quarter hour of the week (SPEC D4).
#include "predict/hour_of_week.hpp"

#include <algorithm>

#include "predict/user_week.hpp"
#include "support/catch.hpp"

using namespace deskloom;
using namespace deskloom::predict;

namespace {

constexpr double prior_slots = 4;

// Of one who never leaves, over so many weeks from a Monday on.
HabitCounts always_there(const char* monday, int weeks, const std::vector<domain::Session>& excluded = {}) {
  const base::TimeZone zone("Europe/Warsaw");
  const auto from = base::parse_rfc3339(monday);
  TimeGrid grid(zone, from, from + std::chrono::weeks(weeks));
  for (const domain::Session& span : excluded)
    grid.exclude(grid.begin_s() + span.begin_s, grid.begin_s() + span.end_s);
  const std::vector<domain::Session> sessions{{grid.begin_s() - 1, grid.time_s(grid.slots())}};
  HabitCounts counts;
  UserWeek(grid, sessions, 0, grid.slots(), 240).add_to(counts, grid);
  return counts;
}

void check_probabilities(const HabitCounts& counts) {
  const HabitRates all = rates_of_all(counts);
  const HabitRates user = rates_of(counts, all, prior_slots);
  for (const Week* week : {&all.connects, &all.present, &user.connects, &user.present})
    CHECK(std::ranges::all_of(*week, [](float rate) { return rate > 0 && rate < 1; }));
}

}  // namespace

TEST_CASE("nothing known, much known, and what never changes make probabilities") {
  check_probabilities({});
  HabitCounts much;
  much.connects.fill(31);
  much.exposed.fill(31);
  much.weeks = 31;
  check_probabilities(much);
  check_probabilities(always_there("2026-01-04T23:00:00.000Z", 1));
}

TEST_CASE("an hour that a week has twice, or nearly alone, makes no certainty") {
  check_probabilities(always_there("2026-10-18T22:00:00.000Z", 1));
  const std::vector<domain::Session> all_but_an_hour{{0, 10 * 3600}, {11 * 3600, 7 * 86'400}};
  const HabitCounts counts = always_there("2026-01-04T23:00:00.000Z", 1, all_but_an_hour);
  REQUIRE(counts.present[41] == 1);
  REQUIRE(counts.weeks < 0.01F);
  check_probabilities(counts);
  HabitCounts for_long = counts;
  for (int week = 1; week < 12; ++week) for_long += counts;
  check_probabilities(for_long);
}
