// Probabilities that are corrected by what came of them (SPEC D6).
#include "predict/correction.hpp"

#include <cmath>
#include <random>
#include <vector>

#include "support/catch.hpp"

using namespace deskloom::predict;
#ifdef DESKLOOM_CATCH2_V2
using Catch::Detail::Approx;
#endif

namespace {

double sigmoid(double z) { return 1 / (1 + std::exp(-z)); }

// A model that says logits of which slope * logit + offset would be true.
struct Model {
  double slope = 1, offset = 0;
  std::mt19937 chance{5};

  // turnout: how many of those who were to be expected come.
  LogitBins day(int slots, const Correction& correction = {}, double turnout = 1) {
    std::normal_distribution<double> logits(-3, 1.2);
    std::uniform_real_distribution<double> share(0, 1);
    LogitBins bins{};
    for (int slot = 0; slot < slots; ++slot) {
      const double logit = logits(chance);
      const bool comes = share(chance) < turnout * sigmoid(slope * logit + offset);
      add_to_bins(bins, logit, correction.of(static_cast<float>(sigmoid(logit))), comes);
    }
    return bins;
  }

  std::vector<LogitBins> days(int count, int slots) {
    std::vector<LogitBins> all;
    for (int number = 0; number < count; ++number) all.push_back(day(slots));
    return all;
  }
};

}  // namespace

TEST_CASE("a model that says too much for sure is corrected within two weeks") {
  Model model{0.6, -0.4};
  const auto correction = learn_correction(model.days(14, 20'000));
  CHECK(correction.slope == Approx(0.6).margin(0.12));
  CHECK(correction.slope > 0.6);  // it is pulled to where nothing changes
  const double before = calibration_error(model.day(100'000));
  const double after = calibration_error(model.day(100'000, correction));
  CHECK(after < before / 3);
}

TEST_CASE("a model that is right stays as it is, but for chance") {
  Model model;
  const auto correction = learn_correction(model.days(14, 20'000));
  CHECK(correction.slope == Approx(1).margin(0.03));
  CHECK(correction.offset == Approx(0).margin(0.1));
}

TEST_CASE("little evidence moves nothing, or little") {
  Model model{0.6, 1};
  CHECK(learn_correction({}).is_none());
  CHECK(learn_correction(model.days(4, 20'000)).is_none());
  CHECK(learn_correction(model.days(14, 8)).is_none());
  CHECK(learn_correction(std::vector<LogitBins>(14)).is_none());
  const auto some = learn_correction(model.days(7, 100)), much = learn_correction(model.days(28, 20'000));
  CHECK(std::abs(some.of(0.05F) - 0.05F) < std::abs(much.of(0.05F) - 0.05F));
}

TEST_CASE("a holiday that nobody knew of is no reason to expect fewer") {
  Model model;
  auto days = model.days(11, 20'000);
  for (int holiday = 0; holiday < 3; ++holiday) days.push_back(model.day(20'000, {}, 0.05));
  CHECK(learn_correction(days).of(0.05F) == Approx(0.05).epsilon(0.05));
}

TEST_CASE("corrections are bounded, keep the order, and give probabilities for all that comes") {
  std::vector<LogitBins> all_wrong(14);
  for (LogitBins& day : all_wrong) {
    for (int slot = 0; slot < 1000; ++slot) {
      add_to_bins(day, -5, 0.0067, slot % 2 == 0);
      add_to_bins(day, 2, 0.88, slot % 2 == 1);
    }
  }
  const auto correction = learn_correction(all_wrong);
  CHECK(correction.slope == 0.5F);
  for (const Correction& each : {correction, Correction{2, 10}, Correction{0.5F, -10}}) {
    float last = 0;
    for (const float p : {0.0F, 1e-7F, 1e-6F, 0.01F, 0.5F, 0.999F, 1 - 1e-6F, 1.0F}) {
      const float corrected = each.of(p);
      CHECK((corrected > 0 && corrected < 1));
      CHECK(corrected >= last);
      last = corrected;
    }
    const float odds = each.of(0.5F) / (1 - each.of(0.5F));
    CHECK(std::abs(std::log(odds)) < 3.001F);
  }
}

TEST_CASE("the calibration error of bins is as by hand") {
  CHECK(std::isnan(calibration_error({})));
  LogitBins bins{};
  add_to_bins(bins, -4, 0.25, false);
  add_to_bins(bins, 100, 0.5, true);
  CHECK(calibration_error(bins) == Approx((0.25 + 0.5) / 2));
  CHECK(bins.back().count == 1);
  LogitBins more = bins;
  add_to_bins(more, bins);
  CHECK(more.back().count == 2);
  CHECK(calibration_error(more) == Approx(calibration_error(bins)));
}
