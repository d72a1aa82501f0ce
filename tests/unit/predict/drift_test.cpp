// When a model no longer does what its test promised (SPEC D6).
#include "predict/drift.hpp"

#include <cmath>
#include <limits>
#include <vector>

#include "support/catch.hpp"

using namespace deskloom::predict;
#ifdef DESKLOOM_CATCH2_V2
using Catch::Detail::Approx;
#endif

namespace {

constexpr double tolerance = 0.1;
constexpr double none = std::numeric_limits<double>::quiet_NaN();

// Of a model that loses 0.8 of what habits do.
Promise promised() {
  Promise promise;
  promise.fill({none, none});
  promise[1] = {0.04, 0.05};
  promise[2] = {0.08, 0.1};
  return promise;
}

// hard: how much habits lose, against what they did in the test; ratio: how much of that the model loses.
DayLoss day(double hard, double ratio, double slots = 1000) {
  DayLoss day{};
  for (const std::size_t band : {1U, 2U, 4U})
    day[band] = {slots, slots / 50, slots * 0.05 * hard * ratio, slots * 0.05 * hard};
  return day;
}

std::vector<DayLoss> days(int count, double hard, double ratio, double slots = 1000) {
  std::vector<DayLoss> all;
  for (int number = 0; number < count; ++number)
    all.push_back(day(hard, ratio + (number % 2 == 0 ? 0.02 : -0.02), slots));
  return all;
}

}  // namespace

TEST_CASE("a model that loses more than promised, against habits, has drifted") {
  const auto standing = standing_of(days(14, 1, 0.95), promised(), tolerance);
  CHECK(standing.is_known);
  CHECK(standing.has_drifted);
  CHECK(standing.excess == Approx(0.95 / 0.8 - 1).margin(1e-9));
  CHECK(standing.promised_by_habit == Approx(0.075));  // of the bands that were promised
  CHECK(standing.came_true == Approx(14 * 20));
  CHECK_FALSE(standing_of(days(14, 1, 0.95), promised(), 0.2).has_drifted);
}

TEST_CASE("a week that is hard for all is no drift") {
  const auto standing = standing_of(days(14, 3, 0.8), promised(), tolerance);
  CHECK(standing.by_model > 2 * standing.promised_by_model * 0.8);
  CHECK(standing.is_known);
  CHECK_FALSE(standing.has_drifted);
}

TEST_CASE("a single bad day is chance") {
  auto all = days(13, 1, 0.8);
  all.push_back(day(3, 1.6));
  const auto standing = standing_of(all, promised(), tolerance);
  CHECK(standing.excess > tolerance);
  CHECK_FALSE(standing.has_drifted);
}

TEST_CASE("too few days, or too few who came, are no evidence") {
  CHECK_FALSE(standing_of({}, promised(), tolerance).is_known);
  CHECK_FALSE(standing_of(days(1, 1, 2), promised(), tolerance).is_known);
  CHECK_FALSE(standing_of(days(6, 1, 2), promised(), tolerance).is_known);
  CHECK_FALSE(standing_of(days(14, 1, 2, 100), promised(), tolerance).is_known);
  CHECK(standing_of(days(7, 1, 2), promised(), tolerance).has_drifted);
}

TEST_CASE("of what was not promised, or lost nothing, nothing is said") {
  Promise nothing;
  nothing.fill({none, none});
  const auto standing = standing_of(days(14, 1, 2), nothing, tolerance);
  CHECK_FALSE(standing.is_known);
  CHECK(std::isnan(standing.promised_by_model));
  CHECK(standing.by_habit == Approx(0.05));
  CHECK_FALSE(standing_of(days(14, 0, 1), promised(), tolerance).has_drifted);
  CHECK_FALSE(standing_of(std::vector<DayLoss>(20), promised(), tolerance).is_known);
}
