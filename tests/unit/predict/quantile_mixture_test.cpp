// Mixtures of experts' quantiles (SPEC D5).
#include "predict/quantile_mixture.hpp"

#include <algorithm>
#include <random>

#include "support/catch.hpp"

using namespace deskloom::predict;
#ifdef DESKLOOM_CATCH2_V2
using Catch::Detail::Approx;
#endif

namespace {

constexpr float no_spread = 0;

Quantiles spread_around(float middle, float half) {
  Quantiles quantiles;
  for (std::size_t level = 0; level < quantiles.size(); ++level)
    quantiles[level] = middle + half * static_cast<float>(2 * quantile_levels[level] - 1);
  return quantiles;
}

// Uniformly from 10 to 20.
class Amounts {
 public:
  float next() { return 10 + 10 * static_cast<float>(random_() % 10000) / 10000; }

 private:
  std::mt19937 random_{11};  // NOLINT: the same each time
};

double loss_of(const QuantileMixture& mixture, std::span<const Quantiles> by_expert) {
  Amounts amounts;
  QuantileScorer scorer;
  for (int i = 0; i < 4000; ++i) {
    Quantiles mixed;
    mixture.mix(by_expert, no_spread, std::span(&mixed, 1));
    scorer.add(mixed, amounts.next());
  }
  return scorer.scores().weighted_loss;
}

}  // namespace

TEST_CASE("hours ahead belong to the band that ends after them, and the last one goes on") {
  CHECK(band_of(0) == 0);
  CHECK(band_of(1) == 0);
  CHECK(band_of(2) == 1);
  CHECK(band_of(23) == 3);
  CHECK(band_of(24) == 4);
  CHECK(band_of(1000) == 4);
}

TEST_CASE("untrained, experts weigh the same") {
  const auto mixture = QuantileMixture::untrained(2);
  const std::array<Quantiles, 4> forecasts{spread_around(10, 1), spread_around(20, 1), spread_around(30, 3),
                                           spread_around(40, 3)};
  std::array<Quantiles, 2> ahead;
  mixture.mix(forecasts, no_spread, ahead);
  CHECK(ahead[0][median_level] == Approx(20));
  CHECK(ahead[1][median_level] == Approx(30));
  CHECK(ahead[0][8] == Approx(20 + 2 * 0.8));
}

TEST_CASE("weights that are learnt are convex, and find the mixture that is better than each expert") {
  const std::array<Quantiles, 3> by_expert{spread_around(11, 5), spread_around(19, 5), spread_around(90, 5)};
  MixtureLearner learner(by_expert.size());
  Amounts amounts;
  for (int i = 0; i < 4000; ++i) learner.add(0, by_expert, amounts.next(), 1);
  const auto mixture = learner.learn();
  for (std::size_t level = 0; level < quantile_levels.size(); ++level) {
    float sum = 0;
    for (std::size_t expert = 0; expert < by_expert.size(); ++expert) {
      CHECK(mixture.weights_of(0, expert)[level] >= 0);
      sum += mixture.weights_of(0, expert)[level];
    }
    CHECK(sum == Approx(1));
  }
  const double best = loss_of(QuantileMixture::untrained(1), std::array<Quantiles, 1>{spread_around(15, 5)});
  CHECK(loss_of(mixture, by_expert) < 1.02 * best);
  CHECK(loss_of(mixture, by_expert) <
        0.8 * loss_of(QuantileMixture::untrained(1), std::span(by_expert).first(1)));
  CHECK(mixture.weights_of(3, 2)[0] == Approx(1.0 / 3));  // nothing was told of that band
}

TEST_CASE("what is learnt does not depend on the unit") {
  const auto learn = [](float unit) {
    const std::array<Quantiles, 2> by_expert{spread_around(11 * unit, 5 * unit),
                                             spread_around(25 * unit, 5 * unit)};
    MixtureLearner learner(by_expert.size());
    Amounts amounts;
    for (int i = 0; i < 1000; ++i) learner.add(0, by_expert, amounts.next() * unit, 1);
    return learner.learn().weights_of(0, 0)[median_level];
  };
  CHECK(learn(1) == Approx(learn(1024)));
}

TEST_CASE("corrected, upper quantiles hold as often as they say") {
  auto mixture = QuantileMixture::untrained(1);
  const std::array<Quantiles, 1> too_narrow{spread_around(15, 1)};
  MixtureCalibration calibration;
  Amounts amounts;
  for (int i = 0; i < 4000; ++i) calibration.add(0, too_narrow[0], no_spread, amounts.next());
  calibration.correct(mixture);
  Quantiles corrected;
  mixture.mix(too_narrow, no_spread, std::span(&corrected, 1));
  CHECK(corrected[median_level] == too_narrow[0][median_level]);
  CHECK(corrected[8] == Approx(19).epsilon(0.02));
  CHECK(corrected[9] == Approx(19.5).epsilon(0.02));
  CHECK(corrected[10] == Approx(19.9).epsilon(0.02));
}

TEST_CASE("little is not enough to correct by, and a constant needs no correction") {
  auto mixture = QuantileMixture::untrained(1);
  MixtureCalibration calibration;
  for (int i = 0; i < 20; ++i) calibration.add(0, spread_around(15, 1), no_spread, 100);
  Quantiles constant;
  constant.fill(3);
  for (int i = 0; i < 4000; ++i) calibration.add(2, constant, no_spread, 3);
  calibration.correct(mixture);
  CHECK(mixture.corrections[0][9] == 0);
  CHECK(mixture.corrections[1][9] == 0);
}

TEST_CASE("mixed quantiles are in order and not negative, whatever the weights") {
  auto mixture = QuantileMixture::untrained(2);
  for (std::size_t level = 0; level < quantile_levels.size(); ++level) {
    mixture.weights_of(0, 0)[level] = level % 2 == 0 ? 1.0F : 0.0F;
    mixture.weights_of(0, 1)[level] = level % 2 == 0 ? 0.0F : 1.0F;
  }
  mixture.corrections[0][9] = -5;
  Quantiles mixed;
  mixture.mix(std::array{spread_around(2, 1), spread_around(20, 1)}, no_spread, std::span(&mixed, 1));
  CHECK(std::ranges::is_sorted(mixed));
  CHECK(mixed[0] >= 0);
}
