#include "predict/logistic.hpp"

#include <random>

#include "support/catch.hpp"

using namespace deskloom::predict;
using deskloom::test::Contains;
#ifdef DESKLOOM_CATCH2_V2
using Catch::Detail::Approx;
#endif

TEST_CASE("a logistic regression finds the weights that made its examples") {
  std::mt19937 dice(1);
  const auto draw = [&] { return static_cast<double>(dice()) / 4294967296.0; };
  Examples examples;
  examples.width = 3;
  const std::vector<double> truth{-1, 2, -0.5};
  for (int i = 0; i < 40'000; ++i) {
    const std::vector<float> row{1, static_cast<float>(draw() * 2 - 1), static_cast<float>(draw() * 2 - 1)};
    examples.features.insert(examples.features.end(), row.begin(), row.end());
    examples.weights.push_back(1);
    examples.outcomes.push_back(draw() < logistic(truth, row) ? 1 : 0);
  }
  const auto weights = fit_logistic(examples);
  for (std::size_t i = 0; i < truth.size(); ++i) CHECK(weights[i] == Approx(truth[i]).margin(0.06));
}

TEST_CASE("weights stand for examples that were left out, and features that say nothing get none") {
  Examples examples;
  examples.width = 2;
  for (int i = 0; i < 110; ++i) {
    examples.features.insert(examples.features.end(), {1.0F, 0.0F});
    examples.outcomes.push_back(i < 10 ? 1 : 0);
    examples.weights.push_back(i < 10 ? 1.0F : 10.0F);
  }
  const auto weights = fit_logistic(examples);
  const std::vector<float> row{1, 0};
  CHECK(logistic(weights, row) == Approx(10.0 / 1010).epsilon(0.001));
  CHECK(weights[1] == Approx(0).margin(1e-9));
}

TEST_CASE("without examples, or with all alike, it still gives probabilities") {
  Examples none;
  none.width = 1;
  const std::vector<float> row{1};
  CHECK(logistic(fit_logistic(none), row) < 0.01);
  Examples alike{1, {1, 1, 1}, {1, 1, 1}, {1, 1, 1}};
  const double p = logistic(fit_logistic(alike), row);
  CHECK(p > 0.9);
  CHECK(p < 1);
}
