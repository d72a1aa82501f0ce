// Back-tests of pools' forecasts beside simple ones (SPEC D4, D5).
#include "predict/demand/evaluation.hpp"

#include <cmath>
#include <limits>

#include "base/error.hpp"
#include "demand_office.hpp"
#include "predict/demand/baselines.hpp"
#include "support/catch.hpp"

using namespace deskloom;
using namespace deskloom::predict;
using namespace deskloom::test;

namespace {

constexpr std::int64_t week = hours_per_week;

Folds two_weeks_after(std::int64_t weeks, int folds = 1) {
  return {weeks * week, (weeks + 2) * week, folds, 24};
}

}  // namespace

TEST_CASE("every method foretells every hour of the test, and ours loses least") {
  std::size_t told = 0;
  const auto scores =
      evaluate_demand(arriving(14, 20), DemandKind::arrivals, two_weeks_after(12),
                      [&](std::size_t, const std::vector<Quantiles>& day) { told += day.size(); });
  REQUIRE(scores.size() == 4);
  CHECK(told == 2 * week);
  for (const AmountScores& one : scores) {
    CAPTURE(one.model);
    CHECK(one.scores.count == 2 * week);
    CHECK(one.scores.weighted_loss >= scores[3].scores.weighted_loss);
    CHECK(one.scaled_error > 0);
    CHECK(one.scores.within_80 <= one.scores.coverage_90);
  }
  // As a week before is what errors are scaled by; its median leans on its own errors.
  CHECK(scores[0].scaled_error > 0.8);
  CHECK(scores[0].scaled_error < 1.2);
  CHECK(scores[3].scaled_error < 0.85);
}

TEST_CASE("folds are scored together, each learnt before it") {
  const auto series = arriving(14, 20);
  const auto together = evaluate_demand(series, DemandKind::arrivals, two_weeks_after(12, 2));
  const auto first = evaluate_demand(series, DemandKind::arrivals, {12 * week, 13 * week});
  const auto second = evaluate_demand(series, DemandKind::arrivals, {13 * week, 14 * week});
  for (std::size_t i = 0; i < together.size(); ++i) {
    CHECK(together[i].scores.count == first[i].scores.count + second[i].scores.count);
    CHECK(std::abs(together[i].scores.coverage_95 -
                   std::midpoint(first[i].scores.coverage_95, second[i].scores.coverage_95)) < 1e-9);
    CHECK(std::abs(together[i].scaled_error - std::midpoint(first[i].scaled_error, second[i].scaled_error)) <
          1e-9);
  }
}

TEST_CASE("simple methods know nothing of what is to come, nor of gaps") {
  auto series = arriving(10, 20);
  series.amounts[5 * week + 3] = std::numeric_limits<float>::quiet_NaN();
  series.amounts[5 * week + 4] = std::numeric_limits<float>::infinity();
  series.amounts[5 * week + 5] = -1;
  auto cut = series;
  cut.amounts.resize(8 * week);
  const auto of = [](const DemandSeries& known) {
    std::vector<Quantiles> all;
    const auto naive = DayAheadMethod::week_before(known);
    const auto smoothing = DayAheadMethod::smoothing(known, {});
    for (std::size_t ahead = 0; ahead < hours_per_day; ++ahead) {
      all.push_back(naive.quantiles(8 * week, ahead));
      all.push_back(smoothing.quantiles(8 * week, ahead));
      all.push_back(hour_of_week_quantiles(known, 8 * week + ahead));
    }
    return all;
  };
  CHECK(of(series) == of(cut));
  for (const Quantiles& quantiles : of(series))
    for (const float quantile : quantiles) CHECK((std::isfinite(quantile) && quantile >= 0));
}

TEST_CASE("a series that never changes has no scale, and is foretold") {
  auto series = arriving(4, 20);
  std::ranges::fill(series.amounts, 3.0F);
  const auto scores = evaluate_demand(series, DemandKind::concurrent, {2 * week, 3 * week});
  CHECK(std::isnan(scores[0].scaled_error));
  CHECK(scores[0].scores.weighted_loss == 0);
  CHECK(scores[3].scores.weighted_loss < 0.3);
  CHECK_THROWS_AS(evaluate_demand(series, DemandKind::arrivals, {100, 3 * week}), base::Error);
  CHECK_THROWS_AS(evaluate_demand(series, DemandKind::arrivals, {4 * week - 5, 5 * week}), base::Error);
}
