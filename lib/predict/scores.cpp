#include "predict/scores.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace deskloom::predict {
namespace {

constexpr std::size_t bins = 20;
constexpr double margin = 1e-6;

// Between the two values that stand around it, as numpy does by default.
double quantile(const std::vector<float>& ascending, double share) {
  const double place = share * static_cast<double>(ascending.size() - 1);
  const auto below = static_cast<std::size_t>(place);
  const std::size_t above = std::min(below + 1, ascending.size() - 1);
  return ascending[below] + (place - static_cast<double>(below)) * (ascending[above] - ascending[below]);
}

// Sums over the forecasts of a bin.
struct Bin {
  std::size_t count = 0;
  double probability = 0, outcome = 0;
};

std::array<Bin, bins> binned(const Foretold& foretold) {
  std::vector<float> ascending = foretold.probabilities;
  std::ranges::sort(ascending);
  std::array<double, bins + 1> edges{};
  for (std::size_t i = 0; i <= bins; ++i) edges[i] = quantile(ascending, static_cast<double>(i) / bins);
  std::array<Bin, bins> all{};
  for (std::size_t i = 0; i < foretold.outcomes.size(); ++i) {
    const auto above =
        std::ranges::upper_bound(edges, static_cast<double>(foretold.probabilities[i])) - edges.begin();
    Bin& bin = all[static_cast<std::size_t>(std::clamp<std::ptrdiff_t>(above - 1, 0, bins - 1))];
    ++bin.count;
    bin.probability += foretold.probabilities[i];
    bin.outcome += foretold.outcomes[i];
  }
  return all;
}

double calibration_error(const Foretold& foretold) {
  double error = 0;
  for (const Bin& bin : binned(foretold)) error += std::abs(bin.probability - bin.outcome);
  return error / static_cast<double>(foretold.outcomes.size());
}

}  // namespace

ProbabilityScores score(const Foretold& foretold) {
  constexpr double none = std::numeric_limits<double>::quiet_NaN();
  const std::size_t count = foretold.outcomes.size();
  if (count == 0) return {0, none, none, none, none};
  ProbabilityScores scores;
  scores.count = count;
  for (std::size_t i = 0; i < count; ++i) {
    const double outcome = foretold.outcomes[i];
    const double p = std::clamp<double>(foretold.probabilities[i], margin, 1 - margin);
    scores.rate += outcome;
    scores.log_loss -= std::log(outcome > 0 ? p : 1 - p);
    scores.brier += (p - outcome) * (p - outcome);
  }
  const auto number = static_cast<double>(count);
  return {count, scores.rate / number, scores.log_loss / number, scores.brier / number,
          calibration_error(foretold)};
}

std::vector<CalibrationBin> calibration_bins(const Foretold& foretold) {
  std::vector<CalibrationBin> all;
  if (foretold.outcomes.empty()) return all;
  for (const Bin& bin : binned(foretold)) {
    const auto count = static_cast<double>(bin.count);
    if (bin.count > 0) all.push_back({bin.count, bin.probability / count, bin.outcome / count});
  }
  return all;
}

}  // namespace deskloom::predict
