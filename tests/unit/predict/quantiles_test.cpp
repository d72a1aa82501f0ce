// Quantiles of amounts and their scores (SPEC D5).
#include "predict/quantiles.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "support/catch.hpp"

using namespace deskloom::predict;
#ifdef DESKLOOM_CATCH2_V2
using Catch::Detail::Approx;
#endif

TEST_CASE("too little costs as much more as the level is high") {
  CHECK(pinball_loss(0.9, 10, 12) == Approx(1.8));
  CHECK(pinball_loss(0.9, 10, 8) == Approx(0.2));
  CHECK(pinball_loss(0.5, 10, 10) == 0);
}

TEST_CASE("quantiles of a sample lie between its values") {
  std::vector<float> values(101);
  std::iota(values.begin(), values.end(), 0.0F);
  std::ranges::reverse(values);
  const Quantiles quantiles = empirical_quantiles(values);
  CHECK(quantiles[0] == Approx(10));
  CHECK(quantiles[median_level] == Approx(50));
  CHECK(quantiles[10] == Approx(99));
  std::array<float, 1> one{7};
  CHECK(empirical_quantiles(one)[3] == 7);
}

TEST_CASE("quantiles do not cross, nor fall below the least that can be") {
  Quantiles quantiles{3, -1, 2, 5, 4, 6, 7, 8, 9, 11, 10};
  order_quantiles(quantiles, 0);
  CHECK(quantiles == Quantiles{0, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11});
}

TEST_CASE("scores of quantiles are as by hand, and of none are not numbers") {
  QuantileScorer scorer;
  CHECK(std::isnan(scorer.scores().weighted_loss));
  Quantiles forecast;
  forecast.fill(2);
  scorer.add(forecast, 1);
  scorer.add(forecast, 3);
  const auto scores = scorer.scores();
  CHECK(scores.count == 2);
  CHECK(scores.weighted_loss == Approx(2 * 1.0 / 4));  // each decile loses level and 1 - level
  CHECK(scores.weighted_loss_95 == Approx(2 * 1.0 / 4));
  CHECK(scores.coverage_90 == 0.5);
  CHECK(scores.absolute_error == 1);
  CHECK(scores.within_80 == 0);
  for (const double covered : scores.covered) CHECK(covered == 0.5);
  scorer.add(forecast, 2);
  CHECK(scorer.scores().within_80 == Approx(1.0 / 3));
}
