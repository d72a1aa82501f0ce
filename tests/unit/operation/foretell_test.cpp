// Forecasts from the record of use (SPEC D5, D7), and models learnt from it (D4).
#include "operation/foretell.hpp"

#include <algorithm>
#include <cmath>

#include "base/error.hpp"
#include "forecast/pools.hpp"
#include "forecast/resources.hpp"
#include "history/recorder.hpp"
#include "history/rollup.hpp"
#include "operation/habits.hpp"
#include "operation/learn.hpp"
#include "predict/length/file.hpp"
#include "recorded_office.hpp"
#include "support/catch.hpp"

using namespace deskloom;
using namespace deskloom::operation;
using namespace deskloom::test;

namespace {

void check_sane(const forecast::Store& store) {
  for (const auto& forecast : forecasts_of(store)) {
    for (const auto* series : {&forecast.connects, &forecast.present})
      for (const float probability : *series) CHECK((probability > 0 && probability < 1));
  }
}

// In part, sessions are taken to end by the clock: who comes later leaves sooner.
bool lasts_about(const forecast::UserForecast& forecast, std::int64_t seconds) {
  return std::abs(forecast.session_median_s - seconds) < 300;
}

}  // namespace

TEST_CASE("nothing recorded is said, and one day of one user gives a forecast") {
  Office office;
  CHECK_THROWS_AS(foretell(office.source(), office.store, day_at(0, 12)), base::Error);
  office.work(1, 1, 2);
  const auto report = foretell(office.source(), office.store, day_at(1, 20));
  CHECK(report.users == 1);
  CHECK(report.of.slots == 96);
  CHECK_FALSE(report.of.model);
  check_sane(office.store);
}

TEST_CASE("without a model, forecasts follow habits") {
  Office office;
  office.work(6, 0, 40);
  const auto report = foretell(office.source(), office.store, day_at(42, 6));  // Monday, 6:00
  CHECK(report.users == 6);
  CHECK(report.of.origin_s == base::to_seconds(day_at(42, 6)) + 900);  // what begins at once is decided
  check_sane(office.store);
  for (const auto& forecast : forecasts_of(office.store)) {
    const auto there = [&](int hour) { return forecast.present[static_cast<std::size_t>((hour - 6) * 4)]; };
    CHECK(there(11) > 0.6F);
    CHECK(there(20) < 0.05F);
    CHECK(lasts_about(forecast, 4 * hour_s));
  }
  CHECK(report.arrivals > 3);
  CHECK(report.peak_users > 3);
}

TEST_CASE("how long the next session lasts follows the time of the day at which it begins") {
  Office office;
  office.work(6, 0, 40);
  {
    history::Recorder recorder(office.history);
    for (int day = 0; day < 40; ++day) {
      if (day % 7 > 4) continue;
      recorder.take(domain::Connection{"user0", day_at(day, 19), true});
      recorder.take(domain::Connection{"user0", day_at(day, 20), false});
    }
    recorder.commit();
  }
  foretell(office.source(), office.store, day_at(42, 6));
  CHECK(lasts_about(forecasts_of(office.store).front(), 4 * hour_s));
  foretell(office.source(), office.store, day_at(42, 15));
  CHECK(lasts_about(forecasts_of(office.store).front(), hour_s));
  for (const auto& forecast : forecasts_of(office.store))
    CHECK(forecast.session_90_s >= forecast.session_median_s);
}

TEST_CASE("habits that are counted week by week are those that are counted at once") {
  Office at_once, week_by_week;
  at_once.work(5, 0, 40);
  for (int day = 0; day < 40; ++day) {
    week_by_week.work(5, day, day + 1);
    if (day > 8 && day % 3 == 0) foretell(week_by_week.source(), week_by_week.store, day_at(day, 22));
  }
  for (Office* office : {&at_once, &week_by_week}) foretell(office->source(), office->store, day_at(39, 23));
  const auto one = forecasts_of(at_once.store), other = forecasts_of(week_by_week.store);
  REQUIRE(one.size() == other.size());
  for (std::size_t user = 0; user < one.size(); ++user) {
    for (std::size_t slot = 0; slot < one[user].connects.size(); ++slot) {
      CHECK(std::abs(std::log(one[user].connects[slot] / other[user].connects[slot])) < 0.02F);
      CHECK(std::abs(std::log(one[user].present[slot] / other[user].present[slot])) < 0.02F);
    }
  }
}

TEST_CASE("what is recorded late counts as if it had been there") {
  Office in_order, late;
  in_order.work(4, 0, 40);
  late.work(4, 30, 40);
  foretell(late.source(), late.store, day_at(40, 1));
  const auto before = forecasts_of(late.store);
  late.work(4, 0, 30);
  for (Office* office : {&in_order, &late}) foretell(office->source(), office->store, day_at(40, 1));
  CHECK(forecasts_of(late.store).front().connects == forecasts_of(in_order.store).front().connects);
  CHECK(forecasts_of(late.store).front().connects != before.front().connects);
}

TEST_CASE("a clock that is set back does not keep what it cannot have seen") {
  Office office;
  office.work(3, 0, 40);
  foretell(office.source(), office.store, day_at(39, 12));
  foretell(office.source(), office.store, day_at(20, 12));
  const auto back = forecasts_of(office.store);
  Office other;
  other.work(3, 0, 40);
  foretell(other.source(), other.store, day_at(20, 12));
  CHECK(forecasts_of(other.store).front().connects == back.front().connects);
}

TEST_CASE("users who have not come for long are left out") {
  Office office;
  office.work(3, 0, 5);
  office.work(1, 400, 410);
  const auto report = foretell(office.source(), office.store, day_at(410, 8));
  CHECK(report.users == 1);
  CHECK(report.inactive_users == 2);
}

TEST_CASE("a pool is foretold what its users will ask of it") {
  Office office;
  office.serve("all", {});
  office.serve("few", {"user0", "user1"});
  office.work(8, 0, 60);
  foretell(office.source(), office.store, day_at(56, 6));
  foretell(office.source(), office.store, day_at(60, 6));  // goes on from there: Friday, 6:00
  const auto pools = forecast::pool_forecasts(office.store);
  REQUIRE(pools.size() == 2);
  CHECK(pools[0].pool == "all");
  CHECK(pools[0].first_hour * hour_s == base::to_seconds(day_at(60, 6)));
  REQUIRE(pools[0].arrivals.size() == 24);
  const auto sum = [](const std::vector<predict::Quantiles>& hours, std::size_t level) {
    float all = 0;
    for (const predict::Quantiles& hour : hours) all += hour[level];
    return all;
  };
  constexpr std::size_t q95 = 9;
  CHECK(sum(pools[0].arrivals, q95) > 4);
  CHECK(pools[0].concurrent[5][predict::median_level] > 3);   // at eleven
  CHECK(pools[0].concurrent[16][predict::median_level] < 1);  // at ten in the evening
  CHECK(pools[1].concurrent[5][q95] <= 3);
  CHECK(sum(pools[1].concurrent, predict::median_level) < sum(pools[0].concurrent, predict::median_level));

  SECTION("and anew, when policy makes its pools others") {
    Office other;
    other.serve("all", {});
    other.work(8, 0, 60);
    office.policy.pools.erase("few");
    for (Office* each : {&office, &other}) foretell(each->source(), each->store, day_at(60, 6));
    CHECK(forecast::pool_forecasts(office.store)[0].concurrent ==
          forecast::pool_forecasts(other.store)[0].concurrent);
  }
}

TEST_CASE("what desktops use is foretold of those that were measured, once an hour") {
  Office office;
  office.work(2, 0, 40);
  {
    history::Recorder recorder(office.history);
    for (int hour = 9; hour < 39 * 24; ++hour) {
      domain::Sample sample{"user0", day_at(0, hour)};
      sample[domain::Metric::cpu] = hour % 24 == 10 ? 3 : 0.5;
      recorder.take(sample);
    }
    recorder.commit();
  }
  history::roll_up(office.history, day_at(39, 8), {}, false);
  foretell(office.source(), office.store, day_at(39, 6));
  CHECK_FALSE(forecast::resources_of(office.store, "user1"));
  const auto resources = forecast::resources_of(office.store, "user0");
  REQUIRE(resources);
  const auto& cpu = (*resources)[static_cast<std::size_t>(domain::Metric::cpu)];
  REQUIRE(cpu.size() == 24);
  CHECK((*resources)[static_cast<std::size_t>(domain::Metric::memory)].empty());
  CHECK(cpu[4].median > 1.5F);  // at ten
  CHECK(cpu[7].median < 1);
  for (const auto& hour : cpu) CHECK((hour.median <= hour.q90 && hour.q90 <= hour.q95));
  CHECK(forecast::newest_resources(office.store)->hour == base::to_seconds(day_at(39, 6)) / hour_s);
  office.store.db().execute("DELETE FROM resources");
  foretell(office.source(), office.store, day_at(39, 6) + std::chrono::minutes(45));
  CHECK_FALSE(forecast::resources_of(office.store, "user0"));  // it was not made again
  foretell(office.source(), office.store, day_at(39, 7));
  CHECK(forecast::resources_of(office.store, "user0"));
}

TEST_CASE("times that policy excludes are not learnt from") {
  Office office, excluding;
  excluding.policy.forecast.excluded = {"2026-01-26/2026-02-09"};
  for (Office* each : {&office, &excluding}) {
    each->work(3, 0, 21);
    each->work(3, 35, 40);  // two weeks without anybody: an outage
    foretell(each->source(), each->store, day_at(42, 6));
  }
  const std::size_t eleven = 5 * 4;
  CHECK(forecasts_of(excluding.store).front().present[eleven] >
        1.2F * forecasts_of(office.store).front().present[eleven]);
  excluding.policy.forecast.excluded = {"2026-01-26"};
  CHECK_THROWS_AS(foretell(excluding.source(), excluding.store, day_at(49, 6)), base::Error);
}

TEST_CASE("a model is learnt, judged on what it has not seen, and followed when it is in force") {
  Office office;
  office.work(12, 0, 84);
  CHECK_THROWS_AS(learn(office.source(), office.store, day_at(50, 0)), base::Error);
  const auto report = learn(office.source(), office.store, day_at(84, 0));
  CHECK(report.scores.front().by_model.log_loss < report.scores.front().by_habit.log_loss);
  CHECK(report.model.learnt_until < report.tested_until);
  CHECK(forecast::models(office.store).size() == 1);
  CHECK_FALSE(forecast::model_in_force(office.store));
  CHECK(predict::length_model_in(predict::read_model(report.model.file(office.store))));
  const auto judgement = judge(office.source(), office.store, report.model.name, day_at(84, 0));
  CHECK(judgement.is_better);
  forecast::promote(office.store, {day_at(84, 0), report.model.name, judgement.why});
  CHECK(foretell(office.source(), office.store, day_at(84, 6)).of.model == report.model.name);
  check_sane(office.store);

  SECTION("the same again is no better") {
    const auto again = learn(office.source(), office.store, day_at(84, 0));
    CHECK(again.model.name != report.model.name);
    CHECK_FALSE(judge(office.source(), office.store, again.model.name, day_at(84, 0)).is_better);
  }
  SECTION("a damaged file is refused, and says so") {
    std::filesystem::resize_file(report.model.file(office.store), 500);
    CHECK_THROWS_AS(foretell(office.source(), office.store, day_at(84, 6)), base::Error);
  }
}
