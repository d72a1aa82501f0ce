// Who comes to a pool in a span of time, by its hours or user by user (SPEC B3).
#include "plan/arrivals.hpp"

#include <cmath>

#include "outlooks.hpp"
#include "support/catch.hpp"

using namespace deskloom;
using namespace deskloom::plan;
using namespace deskloom::test;
using std::chrono::minutes;

namespace {

TimeSpan span(int from_min, int until_min) {
  return {monday_nine + minutes(from_min), monday_nine + minutes(until_min)};
}

ArrivalForecast of_hours(const std::vector<double>& amounts) {
  ArrivalForecast forecast;
  forecast.hours_begin = forecast.slots_begin = monday_nine;
  for (const double amount : amounts) forecast.hours.push_back(certain_hour(amount));
  return forecast;
}

double mean_in(const ArrivalForecast& forecast, const TimeSpan& when) {
  return arrivals_in(forecast, when, {}, {}).mean();
}

}  // namespace

TEST_CASE("B3: an hour counts as far as the span reaches into it") {
  const auto forecast = of_hours({12, 24});
  CHECK(mean_in(forecast, span(0, 60)) == Approx(12));
  CHECK(mean_in(forecast, span(0, 15)) == Approx(3));
  CHECK(mean_in(forecast, span(45, 75)) == Approx(3 + 6));
  CHECK(mean_in(forecast, span(-60, 10)) == Approx(2));
  CHECK(mean_in(forecast, span(110, 500)) == Approx(4));
  CHECK(mean_in(forecast, span(120, 180)) == 0);
  CHECK(mean_in(forecast, span(-60, 0)) == 0);
}

TEST_CASE("B3: a user's chance is that of the quarters that the span touches") {
  ArrivalForecast forecast = of_hours({});
  const ForetoldUser user{"anna", {0.5F, 0.2F, 0}, std::nullopt};
  CHECK(chance_to_come(forecast, user, span(0, 15)) == Approx(0.5));
  CHECK(chance_to_come(forecast, user, span(0, 30)) == Approx(1 - 0.5 * 0.8));
  CHECK(chance_to_come(forecast, user, span(5, 15)) == Approx(1 - std::pow(0.5, 2.0 / 3)));
  CHECK(chance_to_come(forecast, user, span(30, 90)) == 0);
}

TEST_CASE("B3: users who are left out take their share of those expected with them") {
  ArrivalForecast forecast = of_hours({8});
  forecast.users = {user_coming("anna", 0), user_coming("ben", 0)};
  const std::vector<double> chances{0.6, 0.2};
  CHECK(arrivals_in(forecast, span(0, 60), chances, {true, false}).mean() == Approx(2));
  CHECK(arrivals_in(forecast, span(0, 60), chances, {false, false}).mean() == Approx(8));
  CHECK(arrivals_in(forecast, span(0, 60), chances, {true, true}).mean() == 0);
}

TEST_CASE("B3: without hours, users are counted one by one") {
  ArrivalForecast forecast = of_hours({});
  CHECK(arrivals_in(forecast, span(0, 60), {0.5, 0.5, 0.9}, {false, false, true}).at_most(0) == Approx(0.25));
  CHECK_FALSE(foretold_until(forecast));
  forecast.users = {user_coming("anna", 0)};
  CHECK(foretold_until(forecast) == monday_nine + std::chrono::hours(6));
  CHECK(foretold_until(of_hours({1, 1})) == monday_nine + std::chrono::hours(2));
}
