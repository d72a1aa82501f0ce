// Regression of amounts, profiles and smoothing that demand is forecast by (SPEC D5).
#include "predict/demand/regression.hpp"

#include <cmath>
#include <random>

#include "predict/demand/profile.hpp"
#include "predict/demand/smoothing.hpp"
#include "support/catch.hpp"

using namespace deskloom::predict;
#ifdef DESKLOOM_CATCH2_V2
using Catch::Detail::Approx;
#endif

TEST_CASE("the regression finds the weights that amounts were made with") {
  std::mt19937 dice(7);
  AmountExamples examples;
  examples.width = 3;
  for (int i = 0; i < 5000; ++i) {
    const auto draw = [&] { return static_cast<float>(dice() % 1000) / 500 - 1; };
    const std::array<float, 3> row{1, draw(), draw()};
    const double noise = 1 + 0.5 * static_cast<double>(draw());
    examples.add(row, static_cast<float>(std::exp(1 + 0.7 * static_cast<double>(row[1])) * noise));
  }
  const std::array<WeightPrior, 3> priors{{{0, 1}, {0, 1}, {0, 1}}};
  const auto weights = fit_amounts(examples, priors, 0.1);
  CHECK(weights[0] == Approx(1).margin(0.03));
  CHECK(weights[1] == Approx(0.7).margin(0.03));
  CHECK(weights[2] == Approx(0).margin(0.03));
}

TEST_CASE("without examples, or with few, weights are what was thought before") {
  const std::array<WeightPrior, 2> priors{{{0.5F, 10}, {-1, 10}}};
  AmountExamples examples;
  examples.width = 2;
  CHECK(fit_amounts(examples, priors, 0.1) == std::vector<float>{0.5F, -1});
  examples.add(std::array{1.0F, 1.0F}, 1);
  const auto weights = fit_amounts(examples, priors, 0.1);
  CHECK(weights[0] == Approx(0.5).margin(0.1));
  CHECK(weights[0] > 0.5F);
}

TEST_CASE("amounts that are all nought, or features that are all alike, give finite weights") {
  const std::array<WeightPrior, 2> priors{{{0, 0.1F}, {0, 1}}};
  AmountExamples examples;
  examples.width = 2;
  for (int i = 0; i < 1000; ++i) examples.add(std::array{1.0F, 1.0F}, 0);
  const auto weights = fit_amounts(examples, priors, 0.1);
  CHECK(std::isfinite(weights[0]));
  CHECK(expected_amount(weights, examples.row(0)) < 0.1);
  CHECK(expected_amount(std::array{1e30F}, std::array{1e30F}) < 2e6);
}

TEST_CASE("a profile forgets, borrows and looks around") {
  FadingProfile profile(4, 1);
  CHECK(profile.mean(0, 5, 1) == 5);
  profile.add(0, 4);
  profile.add(0, 10);
  CHECK(profile.mean(0, 0, 0) == Approx((4 * 0.5 + 10) / 1.5));
  CHECK(profile.mean(0, 2, 1.5) == Approx((12 + 3) / 3.0));
  CHECK(profile.mean_around(1, 1, 0, 0) == Approx(8));
  CHECK(profile.mean_around(3, 1, 0, 0) == Approx(8));  // it is a cycle
  CHECK(profile.mean_around(2, 1, 7, 0) == 7);          // nothing near is known
}

TEST_CASE("smoothing learns the day's and the week's pattern") {
  DoubleSeasonalSmoothing smoothing({});
  const auto amount = [](std::size_t hour_of_week) {
    const std::size_t hour = hour_of_week % hours_per_day;
    if (hour < 8 || hour > 16) return 0.0;
    return hour_of_week < 5 * hours_per_day ? 16.0 : 4.0;
  };
  for (std::size_t hour = 0; hour < 20 * hours_per_week; ++hour)
    smoothing.add(hour % hours_per_week, amount(hour % hours_per_week));
  CHECK(smoothing.mean(10, 11) == Approx(16).epsilon(0.1));
  CHECK(smoothing.mean(5 * hours_per_day + 10, 131) == Approx(4).epsilon(0.15));
  CHECK(smoothing.mean(2, 3) < 0.2);
}

TEST_CASE("an error of smoothing is expected again, less and less, also over hours that are not known") {
  DoubleSeasonalSmoothing smoothing({0.01F, 0.01F, 0.01F, 0.5F});
  for (std::size_t hour = 0; hour < 10 * hours_per_week; ++hour) smoothing.add(hour % hours_per_week, 9);
  const double usual = smoothing.mean(1, 1);
  smoothing.add(0, 25);
  const double next = smoothing.mean(1, 1);
  CHECK(next > usual + 1);
  CHECK(smoothing.mean(1, 4) < next);
  smoothing.pass();
  CHECK(smoothing.mean(1, 1) < next);
}
