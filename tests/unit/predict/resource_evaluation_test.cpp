// Back-tests of what desktops use, by each expert and by the mixture (SPEC D4, D5).
#include "predict/resource/evaluation.hpp"

#include <cmath>

#include "base/error.hpp"
#include "resources.hpp"
#include "support/catch.hpp"

using namespace deskloom;
using namespace deskloom::predict;
using namespace deskloom::test;

namespace {

constexpr std::int64_t day = 24;
const base::TimeZone utc("UTC");

}  // namespace

TEST_CASE("each expert is scored on the same hours, and the mixture is no worse than most") {
  const auto desktops = busy_desktops(12, 42);
  const Folds folds(january_hour + 35 * day, january_hour + 42 * day, 2, day);
  const auto scores = evaluate_resources(desktops, utc, folds);
  REQUIRE(scores.size() == resource_experts().size() + 1);
  CHECK(scores.back().model == "mixture");
  std::size_t worse = 0;
  for (const AmountScores& one : scores) {
    CHECK(one.scores.count == 12 * 7 * day);
    CHECK(one.scaled_error > 0);
    worse += one.scores.weighted_loss >= scores.back().scores.weighted_loss ? 1U : 0U;
  }
  CHECK(worse >= resource_experts().size());
}

TEST_CASE("what comes after the test changes nothing, and nothing to score is an error") {
  auto desktops = busy_desktops(4, 30);
  const Folds folds(january_hour + 20 * day, january_hour + 25 * day);
  const auto whole = evaluate_resources(desktops, utc, folds);
  for (HourlyAmounts& series : desktops) series = until(series, folds.until());
  const auto cut = evaluate_resources(desktops, utc, folds);
  for (std::size_t i = 0; i < whole.size(); ++i)
    CHECK(whole[i].scores.weighted_loss == cut[i].scores.weighted_loss);
  CHECK_THROWS_AS(evaluate_resources({}, utc, folds), base::Error);
  const Folds later(january_hour + 60 * day, january_hour + 61 * day);
  CHECK_THROWS_AS(evaluate_resources(desktops, utc, later), base::Error);
}
