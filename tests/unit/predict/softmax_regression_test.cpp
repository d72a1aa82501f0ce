// Learning from choices among alternatives (SPEC D5).
#include "predict/softmax_regression.hpp"

#include <array>
#include <cmath>
#include <numeric>
#include <random>

#include "support/catch.hpp"

using namespace deskloom::predict;

namespace {

double draw(std::mt19937& dice) { return static_cast<double>(dice()) / 4294967296.0; }

// As people choose whose tastes are those weights.
Choices choices_by(std::span<const float> weights, std::size_t count) {
  std::mt19937 dice(7);
  Choices choices(weights.size());
  for (std::size_t choice = 0; choice < count; ++choice) {
    std::vector<float> rows((2 + choice % 3) * weights.size());
    for (float& feature : rows) feature = static_cast<float>(2 * draw(dice) - 1);
    std::vector<float> probabilities(rows.size() / weights.size());
    softmax(weights, rows, probabilities);
    double left = draw(dice);
    std::size_t taken = 0;
    while (taken + 1 < probabilities.size() && (left -= static_cast<double>(probabilities[taken])) > 0)
      ++taken;
    choices.add(rows, taken);
  }
  return choices;
}

}  // namespace

TEST_CASE("the tastes of those who choose are found again") {
  const std::array<float, 3> tastes{1.5F, -0.7F, 0.0F}, begin{};
  const auto weights = fit_softmax(choices_by(tastes, 4000), begin, 1);
  REQUIRE(weights.size() == tastes.size());
  for (std::size_t i = 0; i < tastes.size(); ++i)
    CHECK_THAT(weights[i], Catch::Matchers::WithinAbs(static_cast<double>(tastes[i]), 0.12));
}

TEST_CASE("a ridge holds weights where they begin, and nothing to learn from leaves them there") {
  const std::array<float, 2> tastes{2, -2}, begin{0.25F, 0.5F};
  CHECK(fit_softmax(Choices(2), begin, 1) == std::vector<float>{0.25F, 0.5F});
  const auto choices = choices_by(tastes, 200);
  const auto held = fit_softmax(choices, begin, 1e6), loose = fit_softmax(choices, begin, 1);
  CHECK_THAT(held[0], Catch::Matchers::WithinAbs(0.25, 0.01));
  CHECK(loose[0] > 1);
  CHECK(loose[1] < -1);
}

TEST_CASE("a choice that features foretell without fail does not carry weights away") {
  Choices choices(1);
  for (int i = 0; i < 50; ++i) choices.add(std::array{1.0F, 0.0F}, 0);
  const std::array<float, 1> begin{0};
  const auto weights = fit_softmax(choices, begin, 1);
  CHECK(std::isfinite(weights[0]));
  CHECK(weights[0] > 1);
  CHECK(weights[0] < 10);
}

TEST_CASE("probabilities sum to one, also of extreme scores") {
  const std::array<float, 1> weights{1000};
  const std::array<float, 3> rows{1, -1, 0.5F};
  std::array<float, 3> probabilities{};
  softmax(weights, rows, probabilities);
  CHECK(probabilities[0] == 1);
  CHECK(std::reduce(probabilities.begin(), probabilities.end()) == 1);
}
