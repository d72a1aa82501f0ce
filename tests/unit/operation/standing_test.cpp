// How what is in force has done, and when it is to be learnt anew (SPEC D6).
#include "operation/standing.hpp"

#include <cmath>

#include "forecast/models.hpp"
#include "operation/foretell.hpp"
#include "operation/learn.hpp"
#include "support/catch.hpp"
#include "unit/operation/recorded_office.hpp"

using namespace deskloom;
using namespace deskloom::operation;
using namespace deskloom::test;

namespace {

ModelStanding standing_at(const Office& office, int day) {
  return model_standing(office.store, base::TimeZone("UTC"), office.policy, day_at(day, 0));
}

TrainingNeed need_at(const Office& office, int day) {
  return training_need(office.source(), office.store, day_at(day, 0));
}

// A model of twelve weeks in force, and two and a half weeks of forecasts by it.
std::string follow_model(Office& office) {
  office.work(20, 0, 84 + 20);
  const auto report = learn(office.source(), office.store, day_at(84, 0));
  forecast::promote(office.store, {day_at(84, 0), report.model.name, "a test"});
  for (int hour = 84 * 24; hour < (84 + 18) * 24; hour += 4)
    foretell(office.source(), office.store, day_at(0, hour));
  return report.model.name;
}

}  // namespace

TEST_CASE("without a model, training is needed as soon as enough is recorded") {
  Office office;
  CHECK_FALSE(need_at(office, 10).is_needed);
  CHECK_THAT(need_at(office, 10).why, Contains("no sessions"));
  office.work(3, 0, 80);
  CHECK_FALSE(need_at(office, 40).is_needed);
  CHECK_THAT(need_at(office, 40).why, Contains("63 are needed"));
  CHECK(need_at(office, 80).is_needed);
  CHECK(standing_at(office, 80).verdict == "nothing is scored yet: forecasts are, a day after their time");
  CHECK_FALSE(standing_at(office, 80).until);
}

TEST_CASE("a model that does what its test promised stays") {
  Office office;
  const std::string model = follow_model(office);
  const auto standing = standing_at(office, 102);
  CHECK(standing.model == model);
  REQUIRE(standing.until);
  CHECK(standing.connects.is_known);
  CHECK_FALSE(standing.connects.has_drifted);
  CHECK_THAT(standing.verdict, Contains("as promised"));
  CHECK(standing.bands[2].slots > 5000);
  CHECK(standing.bands[2].log_loss < standing.bands[2].by_habit);
  CHECK(standing.bands[2].promised > 0);
  CHECK(std::isnan(standing.bands[5].log_loss));  // the horizon is a day
  CHECK_FALSE(need_at(office, 102).is_needed);

  SECTION("and one that does not, is learnt anew") {
    auto promise = forecast::promise_of(office.store, model);
    for (auto& band : promise) band.by_model *= 0.6;
    forecast::put_promise(office.store, model, promise);
    CHECK(standing_at(office, 102).connects.has_drifted);
    const auto need = need_at(office, 102);
    CHECK(need.is_needed);
    CHECK_THAT(need.why, Contains("it has drifted"));
    office.policy.forecast.drift_percent = 1000;
    CHECK_FALSE(need_at(office, 102).is_needed);
  }
  SECTION("but not again and again") {
    auto another = forecast::model(office.store, model);
    another.name = "another";
    another.made_at = day_at(100, 0);
    forecast::add_model(office.store, another);
    forecast::put_promise(office.store, model, predict::Promise{});
    const auto need = need_at(office, 102);
    CHECK_FALSE(need.is_needed);
    CHECK_THAT(need.why, Contains("another was trained"));
  }
  SECTION("what was scored later does not count") {
    CHECK(standing_at(office, 87).connects.days < 7);
    CHECK_THAT(standing_at(office, 87).verdict, Contains("too early to say"));
  }
}

TEST_CASE("habits alone promise nothing, but are scored") {
  Office office;
  office.work(5, 0, 50);
  for (int hour = 42 * 24; hour < 48 * 24; hour += 4)
    foretell(office.source(), office.store, day_at(0, hour));
  const auto standing = standing_at(office, 48);
  CHECK_FALSE(standing.model);
  CHECK(standing.connects.days > 3);
  CHECK(std::abs(standing.bands[2].log_loss - standing.bands[2].by_habit) < 1e-9);
  CHECK_THAT(standing.verdict, Contains("habits alone"));
}
