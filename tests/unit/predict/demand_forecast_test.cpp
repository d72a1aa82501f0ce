// Quantiles of a pool's demand (SPEC D5): none may see the future, and none may be no number.
#include "predict/demand/forecast.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/error.hpp"
#include "demand_office.hpp"
#include "support/catch.hpp"

using namespace deskloom;
using namespace deskloom::predict;
using namespace deskloom::test;
#ifdef DESKLOOM_CATCH2_V2
using Catch::Detail::Approx;
#endif

namespace {

constexpr std::size_t level_95 = 9;
constexpr double people = 20;

bool are_sane(const std::vector<Quantiles>& forecasts) {
  return std::ranges::all_of(forecasts, [](const Quantiles& quantiles) {
    return std::ranges::all_of(quantiles, [](float q) { return std::isfinite(q) && q >= 0; }) &&
           std::ranges::is_sorted(quantiles);
  });
}

QuantileScores scores_of(const DemandModel& model, const DemandSeries& series, std::size_t from) {
  QuantileScorer scorer;
  for (std::size_t origin = from; origin + hours_per_day <= series.amounts.size(); origin += hours_per_day) {
    const auto forecasts = forecast_demand(model, series, DemandKind::arrivals, origin, hours_per_day);
    for (std::size_t ahead = 0; ahead < forecasts.size(); ++ahead)
      scorer.add(forecasts[ahead], static_cast<double>(series.amounts[origin + ahead]));
  }
  return scorer.scores();
}

void set_holiday(DemandSeries& series, std::size_t day, float amount) {
  series.holidays.resize(series.hours_of_week.size());
  std::fill_n(series.holidays.begin() + static_cast<std::ptrdiff_t>(day * hours_per_day), hours_per_day, 1);
  for (std::size_t hour = day * hours_per_day; hour < (day + 1) * hours_per_day; ++hour)
    if (hour < series.amounts.size()) series.amounts[hour] = amount;
}

}  // namespace

TEST_CASE("neither what is learnt nor what is forecast changes when the future is deleted") {
  const DemandSeries all = arriving(14, people);
  const std::size_t origin = 12 * hours_per_week + 2 * hours_per_day + 9;
  DemandSeries known = all;
  known.amounts.resize(origin);
  const DemandModel model = learn_demand(all, origin), of_known = learn_demand(known, origin);
  CHECK(model.weights == of_known.weights);
  CHECK(model.regression_share == of_known.regression_share);
  CHECK(model.gains.level == of_known.gains.level);
  for (const DemandKind kind : {DemandKind::arrivals, DemandKind::concurrent})
    CHECK(forecast_demand(model, all, kind, origin, 168) ==
          forecast_demand(of_known, known, kind, origin, 168));
}

TEST_CASE("what was learnt forecasts nearly as well as who knows how demand was drawn") {
  const DemandSeries series = arriving(24, people);
  const std::size_t test = 18 * hours_per_week;
  const QuantileScores scores = scores_of(learn_demand(series, test), series, test);
  QuantileScorer knowing;
  for (std::size_t hour = test; hour < series.amounts.size(); ++hour) {
    const double mean = arriving_mean(hour % hours_per_week, people);
    Quantiles quantiles{};
    for (std::size_t level = 0; level < quantiles.size(); ++level)
      quantiles[level] = static_cast<float>(mean + std::sqrt(mean) * 3.4 * (quantile_levels[level] - 0.5));
    order_quantiles(quantiles, 0);
    knowing.add(quantiles, static_cast<double>(series.amounts[hour]));
  }
  CHECK(scores.weighted_loss < 1.12 * knowing.scores().weighted_loss);
  CHECK(scores.coverage_95 > 0.93);
  CHECK(scores.coverage_95 < 0.985);  // counts at night are rarely but nought
}

TEST_CASE("more demand in the last weeks is expected to stay") {
  DemandSeries series = arriving(16, people);
  const std::size_t origin = series.amounts.size();
  const DemandModel model = learn_demand(series, origin);
  const float before = forecast_demand(model, series, DemandKind::arrivals, origin, 24)[9][median_level];
  for (std::size_t hour = origin - 2 * hours_per_week; hour < origin; ++hour) series.amounts[hour] *= 2;
  const float after = forecast_demand(model, series, DemandKind::arrivals, origin, 24)[9][median_level];
  CHECK(after > 1.3F * before);
}

TEST_CASE("a holiday is forecast to be quiet, and its quiet is not taken for the usual") {
  const DemandSeries ordinary = arriving(16, people);
  DemandSeries series = ordinary;
  const std::size_t origin = series.amounts.size();
  for (const std::size_t day : {22U, 46U, 71U, 108U}) set_holiday(series, day, 1);
  const DemandModel model = learn_demand(series, origin);
  const auto monday = [&] { return forecast_demand(model, series, DemandKind::arrivals, origin, 24)[9]; };
  const Quantiles usual = monday();
  CHECK(usual[median_level] > 0.8F * static_cast<float>(people));
  set_holiday(series, origin / hours_per_day, 0);
  CHECK(monday()[median_level] < 0.6F * usual[median_level]);
  // Most of the week before the origin was one: the Monday after is as ever.
  const float without = forecast_demand(model, ordinary, DemandKind::arrivals, origin, 24)[9][median_level];
  DemandSeries after = ordinary;
  for (std::size_t day = 3; day < 7; ++day) set_holiday(after, origin / hours_per_day - day, 0);
  const float with = forecast_demand(model, after, DemandKind::arrivals, origin, 24)[9][median_level];
  CHECK(with == Approx(without).epsilon(0.1));
}

TEST_CASE("what users' own models expect, and meetings, are heeded as far as they told in the past") {
  DemandSeries series = arriving(20, people);
  const std::size_t origin = series.amounts.size() - 24;
  series.expected.resize(series.hours_of_week.size(), 1);
  series.all_hands.resize(series.hours_of_week.size(), 0);
  for (std::size_t hour = 0; hour < series.expected.size(); ++hour) {
    const bool busy = hour / hours_per_day % 3 == 0, meeting = hour % 25 == 10;
    const double mean = arriving_mean(hour % hours_per_week, people) * (busy ? 2 : 0.5);
    series.expected[hour] = static_cast<float>(mean);
    series.all_hands[hour] = meeting ? 1.0F : 0.0F;
    if (hour < series.amounts.size())
      series.amounts[hour] = meeting ? 0 : std::round(static_cast<float>(mean));
  }
  const DemandModel model = learn_demand(series, origin);
  const auto at_nine = [&] {
    return forecast_demand(model, series, DemandKind::arrivals, origin, 24)[9][median_level];
  };
  series.all_hands[origin + 9] = 0;
  series.expected[origin + 9] = 10;
  const float few = at_nine();
  series.expected[origin + 9] = 40;
  const float many = at_nine();
  CHECK(many > 1.5F * few);
  series.all_hands[origin + 9] = 1;
  CHECK(at_nine() < 0.6F * many);
}

TEST_CASE("little or nothing known gives forecasts that are wide rather than wrong") {
  for (const std::size_t hours : {0U, 1U, 24U, 30U, 168U, 15U * 24U}) {
    DemandSeries series = arriving(4, people);
    series.amounts.resize(hours);
    const DemandModel model = learn_demand(series, hours);
    for (const DemandKind kind : {DemandKind::arrivals, DemandKind::concurrent})
      CHECK(are_sane(forecast_demand(model, series, kind, hours, 168)));
  }
  DemandSeries series = arriving(4, people);
  const auto morning = [&](std::size_t days) {
    DemandSeries known = series;
    known.amounts.resize(days * hours_per_day);
    return forecast_demand({}, known, DemandKind::arrivals, days * hours_per_day, 24)[9];
  };
  const Quantiles after_a_day = morning(1), after_weeks = morning(28);
  CHECK(after_a_day[0] < static_cast<float>(people));
  CHECK(after_a_day[level_95] > static_cast<float>(people));
  CHECK(after_a_day[level_95] - after_a_day[0] > 1.5F * (after_weeks[level_95] - after_weeks[0]));
}

TEST_CASE("a series that never changes, with gaps or with values that are none, gives sane forecasts") {
  for (const float value : {0.0F, 5.0F, 30'000.0F, 1e30F}) {
    DemandSeries series = arriving(12, people);
    std::ranges::fill(series.amounts, value);
    const auto forecasts = forecast_demand(learn_demand(series, series.amounts.size()), series,
                                           DemandKind::arrivals, series.amounts.size(), 24);
    CHECK(are_sane(forecasts));
    if (value < 1e6F) CHECK(forecasts[9][median_level] == Approx(value).epsilon(0.05).margin(0.01));
  }
  DemandSeries series = arriving(12, people);
  const auto usual = forecast_demand({}, series, DemandKind::concurrent, series.amounts.size(), 24)[9];
  for (std::size_t hour = 0; hour < series.amounts.size(); hour += 7)
    series.amounts[hour] = hour % 2 == 0 ? std::nanf("") : std::numeric_limits<float>::infinity();
  series.amounts[100] = -5;
  series.expected.assign(series.hours_of_week.size(), std::nanf(""));
  series.all_hands.assign(series.hours_of_week.size(), -std::numeric_limits<float>::infinity());
  const auto forecasts = forecast_demand(learn_demand(series, series.amounts.size()), series,
                                         DemandKind::concurrent, series.amounts.size(), 168);
  CHECK(are_sane(forecasts));
  CHECK(forecasts[9][median_level] == Approx(usual[median_level]).epsilon(0.15));
}

TEST_CASE("what cannot be forecast is refused") {
  DemandSeries series = arriving(2, people);
  const std::size_t origin = series.amounts.size();
  CHECK_THROWS_AS(forecast_demand({}, series, DemandKind::arrivals, origin, 169), base::Error);
  CHECK_THROWS_AS(forecast_demand({}, series, DemandKind::arrivals, origin + 1, 24), base::Error);
  series.hours_of_week.resize(origin + 23);
  CHECK_THROWS_AS(forecast_demand({}, series, DemandKind::arrivals, origin, 24), base::Error);
  CHECK_NOTHROW(forecast_demand({}, series, DemandKind::arrivals, origin, 23));
  series.hours_of_week[3] = 168;
  CHECK_THROWS_AS(learn_demand(series, origin), base::Error);
}
