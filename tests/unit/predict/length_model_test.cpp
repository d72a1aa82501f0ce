// How long sessions last (SPEC D5): by the time of the day, of users known and new, and never by what is to
// come.
#include "predict/length/model.hpp"

#include <algorithm>
#include <cmath>
#include <map>

#include "office.hpp"
#include "predict/length/walk.hpp"
#include "support/catch.hpp"

using namespace deskloom;
using namespace deskloom::predict;
using namespace deskloom::test;

namespace {

constexpr std::int64_t hour_s = 3600, lead_s = 240;

domain::Session session_at(const TimeGrid& grid, int day, int hour, std::int64_t length_s) {
  const std::int64_t begin_s = grid.time_s(day * slots_per_day + hour * 4);
  return {begin_s, begin_s + length_s};
}

LengthMoment moment_at(const TimeGrid& grid, int day, int hour) {
  return length_moment(grid, day * slots_per_day + hour * 4);
}

// On work days from eight to twelve, in the evening for an hour; on free days at eight for half an hour.
std::vector<domain::Session> long_mornings(const TimeGrid& grid, int days) {
  std::vector<domain::Session> sessions;
  for (int day = 0; day < days; ++day) {
    const bool is_free = day % 7 > 4;
    sessions.push_back(session_at(grid, day, 8, is_free ? hour_s / 2 : 4 * hour_s));
    if (!is_free) sessions.push_back(session_at(grid, day, 19, hour_s));
  }
  return sessions;
}

Quantiles usual_forecast(const LengthHabits& habits, std::span<const EndedSession> past,
                         const LengthMoment& moment) {
  const Quantiles quantiles = LengthForecaster(usual_length_model()).forecast(habits, past, moment);
  CHECK(std::ranges::is_sorted(quantiles));
  CHECK(std::ranges::all_of(quantiles, [](float hours) { return hours >= 0 && hours <= 1024; }));
  return quantiles;
}

float usual_median(const TimeGrid& grid, std::span<const domain::Session> sessions, int day, int hour) {
  return usual_forecast({}, ended_sessions(grid, sessions, moment_at(grid, day, hour).begin_s),
                        moment_at(grid, day, hour))[median_level];
}

using Forecasts = std::map<std::pair<std::size_t, std::int64_t>, Quantiles>;

// By user and begin, of the sessions that begin in [from, until).
Forecasts forecasts_of(const TimeGrid& grid, const std::vector<UserSessions>& users, std::int64_t from,
                       std::int64_t until) {
  Forecasts forecasts;
  const LengthForecaster forecaster(usual_length_model());
  each_length(grid, users, from, until, lead_s, [&](const LengthTarget& target) {
    forecasts[{target.user, users[target.user].sessions[target.session].begin_s}] =
        forecaster.forecast(target.habits, target.past, target.moment);
  });
  return forecasts;
}

}  // namespace

TEST_CASE("long mornings, short evenings and free days are told apart") {
  const auto grid = weeks_from_january(6);
  const auto sessions = long_mornings(grid, 28);
  CHECK(usual_median(grid, sessions, 28, 8) == 4);
  CHECK(usual_median(grid, sessions, 28, 19) == 1);
  CHECK(usual_median(grid, sessions, 33, 8) == 0.5F);
}

TEST_CASE("who comes late goes with the clock, as far as the model says") {
  const auto grid = weeks_from_january(6);
  std::vector<domain::Session> sessions;
  for (int day = 0; day < 28; ++day) sessions.push_back(session_at(grid, day, 8, 4 * hour_s));
  const auto past = ended_sessions(grid, sessions, grid.time_s(28 * slots_per_day));
  for (const auto& [share, hours] : {std::pair{0.0F, 4.0F}, {0.5F, 3.5F}, {1.0F, 3.0F}}) {
    LengthModel model;
    model.by_the_clock = share;
    CHECK(LengthForecaster(model).forecast({}, past, moment_at(grid, 28, 9))[median_level] == hours);
  }
  CHECK(usual_median(grid, sessions, 28, 14) > 0);  // it would have been over
}

TEST_CASE("a newcomer gets everybody's lengths at that time of day, and then more and more their own") {
  const auto grid = weeks_from_january(6);
  LengthHabits habits;
  const auto others = long_mornings(grid, 28);
  const auto ended = ended_sessions(grid, others, grid.time_s(28 * slots_per_day));
  for (int user = 0; user < 20; ++user)
    for (const EndedSession& session : ended) habits.add(session);
  CHECK(usual_forecast(habits, {}, moment_at(grid, 28, 8))[median_level] < 4);  // nothing has settled
  habits.settle();
  CHECK(usual_forecast(habits, {}, moment_at(grid, 28, 8))[median_level] == 4);
  CHECK(usual_forecast(habits, {}, moment_at(grid, 28, 8)) == habits.at(moment_at(grid, 28, 8)).quantiles());
  CHECK(usual_forecast(habits, {}, moment_at(grid, 28, 19))[median_level] == 1);
  CHECK(usual_forecast(habits, {}, moment_at(grid, 33, 8))[median_level] == 0.5F);

  std::vector<domain::Session> own{session_at(grid, 27, 8, 8 * hour_s)};
  const auto median = [&] {
    return usual_forecast(habits, ended_sessions(grid, own, grid.time_s(28 * slots_per_day)),
                          moment_at(grid, 28, 8))[median_level];
  };
  CHECK(median() == 4);
  own.clear();
  for (int day = 7; day < 28; ++day) own.push_back(session_at(grid, day, 8, 8 * hour_s));
  CHECK(median() == 8);
}

TEST_CASE("who is new gets the lengths of their role, of which little is known as of everybody") {
  const auto grid = weeks_from_january(6);
  const LengthMoment morning = moment_at(grid, 28, 8);
  GroupLengths lengths(3);
  const auto add = [&](std::size_t group, float hours, int sessions) {
    for (int i = 0; i < sessions; ++i)
      lengths.add(group, {morning.begin_s - 86'400 * (1 + i % 5), hours,
                          static_cast<std::int16_t>(morning.slot_of_day()), false});
  };
  add(0, 8, 400);
  add(1, 2, 100);
  add(2, 2, 1);
  lengths.settle();
  const auto median = [&](std::size_t group) {
    return usual_forecast(lengths.of(group), {}, morning)[median_level];
  };
  CHECK(median(0) == 8);
  CHECK(median(1) == 2);
  CHECK(median(2) == 8);
  CHECK(median(1000) == 8);
  CHECK(lengths.everybody().at(morning).quantiles()[median_level] == 8);
  for (int day = 0; day < 400; ++day) lengths.fade();
  lengths.settle();
  CHECK(median(1) < 8);  // long forgotten: usual lengths
}

TEST_CASE("no forecast of a length changes when all that came after it is deleted") {
  const auto grid = weeks_from_january(6);
  const auto users = office(8, 6);
  const std::int64_t from = 5 * slots_per_week, until = from + 3 * slots_per_day;
  const auto all = forecasts_of(grid, users, from, until);
  REQUIRE(all.size() > 20);
  for (const auto& [key, forecast] : all) {
    const auto [user, begin_s] = key;
    const std::int64_t known_s = grid.time_s(grid.slot_of(begin_s)) - lead_s;
    auto known = users;
    for (UserSessions& of : known)
      std::erase_if(of.sessions, [&](const domain::Session& session) { return session.end_s > known_s; });
    known[user].sessions.push_back({begin_s, begin_s + 1});  // its length is to be foretold
    CHECK(forecasts_of(grid, known, from, until).at(key) == forecast);
  }
}

TEST_CASE("each session that begins in the span is visited once, in order, with its true length") {
  const auto grid = weeks_from_january(3);
  const auto users = office(5, 3);
  const std::int64_t from = slots_per_week + 7, until = 2 * slots_per_week;
  std::size_t expected = 0, visited = 0;
  for (const UserSessions& user : users)
    for (const domain::Session& session : user.sessions) {
      const std::int64_t slot = grid.slot_of(session.begin_s);
      expected += slot >= from && slot < until ? 1U : 0U;
    }
  std::int64_t last = from;
  each_length(grid, users, from, until, lead_s, [&](const LengthTarget& target) {
    const domain::Session& session = users[target.user].sessions[target.session];
    CHECK(target.slot >= last);
    CHECK(target.slot == grid.slot_of(session.begin_s));
    CHECK(target.hours == static_cast<float>(session.end_s - session.begin_s) / hour_s);
    last = target.slot;
    ++visited;
  });
  CHECK(visited == expected);
  CHECK(expected > 20);
}

TEST_CASE("times that are excluded are neither learnt from nor visited") {
  auto grid = weeks_from_january(6);
  const auto sessions = long_mornings(grid, 42);
  constexpr std::int64_t friday = 18 * slots_per_day;
  grid.exclude(grid.time_s(friday + 40), grid.time_s(friday + 60));  // from ten on: the morning was cut off
  const std::int64_t until_s = grid.time_s(30 * slots_per_day);
  const auto past = ended_sessions(grid, sessions, until_s);
  CHECK(past.size() + 1 == static_cast<std::size_t>(std::ranges::count_if(
                               sessions, [&](const auto& session) { return session.end_s <= until_s; })));
  std::size_t visited = 0;
  each_length(grid, {{"ann", sessions}}, friday, friday + slots_per_day, lead_s,
              [&](const LengthTarget&) { ++visited; });
  CHECK(visited == 1);  // the evening's
}

TEST_CASE("no sessions, one, empty and endless ones, and a clock set back are foretold sensibly") {
  const auto grid = weeks_from_january(6);
  const LengthMoment moment = moment_at(grid, 28, 8);
  const float usual = usual_forecast({}, {}, moment)[median_level];
  CHECK(usual > 0.5F);
  CHECK(usual < 4);
  for (const std::int64_t length_s :
       {std::int64_t{0}, std::int64_t{1}, std::int64_t{-hour_s}, hour_s, 10'000 * 24 * hour_s}) {
    CAPTURE(length_s);
    const std::vector sessions{session_at(grid, 20, 8, length_s)};
    usual_forecast({}, ended_sessions(grid, sessions, INT64_MAX), moment);
    usual_forecast({}, std::vector(300, ended_session(grid, sessions.front())), moment);
  }
  // What had not ended by then is not known, and what is told all the same of a later time spoils nothing.
  const auto sessions = long_mornings(grid, 42);
  const auto ended = ended_sessions(grid, sessions, moment.begin_s);
  CHECK(std::ranges::all_of(ended, [&](const auto& session) { return session.begin_s < moment.begin_s; }));
  CHECK(usual_forecast({}, ended_sessions(grid, sessions, INT64_MAX), moment)[median_level] == 4);
  // Of long ago, and outside of the grid.
  const std::vector<domain::Session> old{{5, 7205}, {grid.begin_s() - 7200, grid.begin_s() - 1}};
  CHECK(ended_sessions(grid, old, INT64_MAX).empty());
}
