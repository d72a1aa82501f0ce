// The days ahead (SPEC D4, D5): what is foretold of them, and that nothing of the future is used.
#include "predict/ahead/model.hpp"

#include <cmath>
#include <map>
#include <tuple>

#include "office.hpp"
#include "predict/ahead/cells.hpp"
#include "support/catch.hpp"

using namespace deskloom;
using namespace deskloom::predict;
using namespace deskloom::test;

namespace {

constexpr int all_weeks = 12;  // the clock has not changed yet: these people live by the sun
constexpr std::int64_t test_from = 10 * slots_per_week;

using Key = std::tuple<std::size_t, std::int64_t, std::int64_t>;

std::map<Key, AheadFeatures> cells_until(const TimeGrid& grid, const std::vector<UserSessions>& users,
                                         std::int64_t origin) {
  std::map<Key, AheadFeatures> cells;
  each_ahead_cell(grid, users, {}, {}, {8 * slots_per_week, 9 * slots_per_week, 1},
                  [&](const AheadCell& cell) {
                    if (cell.origin <= origin) cells[{cell.user, cell.origin, cell.target}] = cell.features;
                  });
  return cells;
}

// As was known then: who was in session had not left yet.
std::vector<UserSessions> known_at(std::vector<UserSessions> users, std::int64_t time_s) {
  for (UserSessions& user : users) {
    std::erase_if(user.sessions, [&](const domain::Session& session) { return session.begin_s > time_s; });
    for (domain::Session& session : user.sessions)
      if (session.end_s > time_s) session.end_s = time_s + 1'000'000'000;
  }
  return users;
}

AheadForecast foretell(const TimeGrid& grid, const std::vector<UserSessions>& users,
                       const Calendars& calendars, const AheadModel* model, std::int64_t origin) {
  HabitCounts counts;
  const UserWeek past(grid, users[0].sessions, 0, slots_per_week, 240);
  for (int week = 0; week < 8; ++week) past.add_to(counts, grid);
  const HabitRates all = rates_of_all(counts), rates = rates_of(counts, all, 4);
  Turnout turnout(grid);
  const KnownFuture future(grid, calendars);
  const UserWeek week(grid, users[0].sessions, origin, origin + 1, 240, grid.slots() - origin - 1);
  return Outlook(grid, origin, origin + 2 * slots_per_day, turnout, all, future, model).of({week, rates, 0});
}

}  // namespace

TEST_CASE("a horizon has bands") {
  CHECK(horizon_band_of(0) == 0);
  CHECK(horizon_band_of(1) == 1);
  CHECK(horizon_band_of(3) == 1);
  CHECK(horizon_band_of(95) == 4);
  CHECK(horizon_band_of(10'000) == 5);
}

TEST_CASE("no feature of the days ahead changes when all that came after its decision is deleted") {
  const auto grid = weeks_from_january(10);
  const auto users = office(8, 10);
  for (const std::int64_t cut : {8 * slots_per_week + 130, 8 * slots_per_week + 500}) {
    const auto all = cells_until(grid, users, cut);
    const auto known = cells_until(grid, known_at(users, grid.time_s(cut) - 240), cut);
    REQUIRE(all.size() > 1000);
    int compared = 0;
    for (const auto& [key, features] : all) {
      const auto found = known.find(key);
      if (found == known.end() || std::get<1>(key) < cut - 1) continue;
      CHECK(found->second == features);
      ++compared;
    }
    CHECK(compared > 10);
  }
}

TEST_CASE("a model of the days ahead is better than habits, soon and late, and the same each time") {
  const auto grid = weeks_from_january(all_weeks);
  const auto users = office(30, all_weeks);
  const AheadModel model = learn_ahead(grid, users, {}, {}, test_from);
  CHECK(model.connects == learn_ahead(grid, users, {}, {}, test_from).connects);
  const auto scores = evaluate_ahead(grid, users, {}, {}, test_from, model);
  REQUIRE(scores.size() == horizon_bands.size());
  for (const AheadScores& band : scores) {
    CHECK(band.by_model.count > 1000);
    CHECK(band.by_model.log_loss < band.by_habit.log_loss);
    CHECK(band.there_by_model.log_loss < 1.02 * band.there_by_habit.log_loss);
    CHECK(band.by_model.calibration_error < 0.02);
  }
  CHECK(scores.front().by_model.log_loss < 0.97 * scores.front().by_habit.log_loss);
}

TEST_CASE("nothing can be learnt of a span in which nobody came") {
  const auto grid = weeks_from_january(8);
  std::vector<UserSessions> users = office(3, 8);
  for (UserSessions& user : users) user.sessions.resize(1);
  CHECK_THROWS_AS(learn_ahead(grid, users, {}, {}, 7 * slots_per_week), base::Error);
}

TEST_CASE("on a holiday, and when they say they are away, hardly anybody is foretold to come") {
  const auto grid = weeks_from_january(all_weeks);
  const auto users = office(30, all_weeks);
  const AheadModel model = learn_ahead(grid, users, {}, {}, test_from);
  const std::int64_t morning = 10 * slots_per_week + 6 * 4, eight = 2 * 4;  // Monday, 6:00; and hours ahead
  const std::int64_t begin_s = grid.time_s(morning), end_s = begin_s + 86'400;
  const auto most = [&](const Calendars& calendars, const AheadModel* by) {
    const auto forecast = foretell(grid, users, calendars, by, morning);
    CHECK(forecast.connects.size() == 2 * slots_per_day);
    return *std::max_element(forecast.connects.begin() + eight, forecast.connects.begin() + 5 * 4);
  };
  Calendars holiday, out;
  holiday.everybody = {{begin_s, end_s, 1, true, false}};
  out.users = {{{begin_s, end_s, 2, true, false}}};
  for (const AheadModel* by : {static_cast<const AheadModel*>(nullptr), &model}) {
    CHECK(most({}, by) > 0.02F);
    CHECK(most(holiday, by) < 0.3F * most({}, by));
    CHECK(most(out, by) < 0.3F * most({}, by));
  }
}

TEST_CASE("a day on which nobody comes, such as was never seen, is not foretold to bring everybody later") {
  const auto grid = weeks_from_january(all_weeks);
  auto users = office(60, all_weeks);
  const AheadModel model = learn_ahead(grid, users, {}, {}, test_from);
  const std::int64_t wednesday = 11 * slots_per_week + 2 * slots_per_day;
  for (UserSessions& user : users) {
    std::erase_if(user.sessions, [&](const domain::Session& session) {
      return session.begin_s >= grid.time_s(wednesday) &&
             session.begin_s < grid.time_s(wednesday + slots_per_day);
    });
  }
  double usual_day = 0, empty_day = 0;
  each_ahead_cell(grid, users, {}, {}, {wednesday - slots_per_day, wednesday + slots_per_day, 1},
                  [&](const AheadCell& cell) {
                    if (cell.band != 0 || !cell.was_away) return;
                    double logit = 0;
                    for (std::size_t i = 0; i < ahead_features; ++i)
                      logit += static_cast<double>(model.connects[0][i]) * cell.features[i];
                    (cell.target < wednesday ? usual_day : empty_day) += 1 / (1 + std::exp(-logit));
                  });
  CHECK(usual_day > 40);
  CHECK(empty_day < 1.2 * usual_day);  // some may still come; not many times as many
}

TEST_CASE("calendars tell meetings, and which are all-hands") {
  const auto grid = weeks_from_january(1);
  const std::int64_t ten = 10 * 4;
  Calendars calendars;
  const CalendarMark meeting{grid.time_s(ten), grid.time_s(ten + 4), 7, false, false};
  calendars.users = {
      {meeting}, {meeting}, {meeting}, {{grid.time_s(80), grid.time_s(84), 8, false, false}}, {}};
  const KnownFuture future(grid, calendars);
  CHECK(future.is_meeting(0, ten));
  CHECK_FALSE(future.is_meeting(0, ten + 4));
  CHECK(future.is_before_meeting(0, ten - 3));
  CHECK_FALSE(future.is_before_meeting(0, ten - 4));
  CHECK_FALSE(future.is_meeting(4, ten));
  CHECK(future.all_hands(ten) == 0.75F);
  CHECK(future.all_hands(80) == 0);
  CHECK_FALSE(future.is_holiday(ten));
}
