#include "predict/scores.hpp"

#include <cmath>

#include "support/catch.hpp"

using namespace deskloom::predict;
#ifdef DESKLOOM_CATCH2_V2
using Catch::Detail::Approx;
#endif

TEST_CASE("scores are as by hand") {
  Foretold foretold;
  foretold.add(0.8, true);
  foretold.add(0.4, false);
  const auto scores = score(foretold);
  CHECK(scores.count == 2);
  CHECK(scores.rate == 0.5);
  CHECK(scores.log_loss == Approx(-(std::log(0.8) + std::log(0.6)) / 2).epsilon(1e-6));
  CHECK(scores.brier == Approx((0.04 + 0.16) / 2).epsilon(1e-6));
  CHECK(scores.calibration_error == Approx((0.2 + 0.4) / 2).epsilon(1e-6));
}

TEST_CASE(
    "what comes true as often as foretold is calibrated; certainty that fails costs, but not without end") {
  Foretold calibrated, certain;
  for (int i = 0; i < 1000; ++i) {
    calibrated.add(i % 2 == 0 ? 0.1 : 0.9, i % 20 == 0 || (i % 2 == 1 && i % 20 != 1));
    certain.add(0, i == 0);
  }
  CHECK(score(calibrated).calibration_error < 1e-6);
  CHECK(score(certain).log_loss == Approx(-std::log(1e-6) / 1000).epsilon(0.01));
  CHECK(std::isnan(score({}).log_loss));
}

TEST_CASE("bins of calibration hold all forecasts, by rising probability, and make up the error") {
  Foretold foretold;
  for (int i = 0; i < 997; ++i) foretold.add((i % 100) / 200.0, i % 7 == 0);
  std::size_t count = 0;
  double error = 0, before = -1;
  for (const CalibrationBin& bin : calibration_bins(foretold)) {
    CHECK(bin.probability > before);
    before = bin.probability;
    count += bin.count;
    error += std::abs(bin.probability - bin.rate) * static_cast<double>(bin.count);
  }
  CHECK(count == 997);
  CHECK(error / 997 == Approx(score(foretold).calibration_error).epsilon(1e-9));
  CHECK(calibration_bins({}).empty());
}
