#include "predict/quantiles.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace deskloom::predict {
namespace {

constexpr std::size_t level_10 = 0, level_90 = 8, level_95 = 9;
constexpr double least_amount = 1e-9;

}  // namespace

double pinball_loss(double level, double forecast, double actual) {
  const double missing = actual - forecast;
  return std::max(level * missing, (level - 1) * missing);
}

void order_quantiles(Quantiles& quantiles, float least) {
  std::ranges::sort(quantiles);
  for (float& quantile : quantiles) quantile = std::max(quantile, least);
}

Quantiles empirical_quantiles(std::span<float> values) {
  std::ranges::sort(values);
  Quantiles quantiles{};
  for (std::size_t level = 0; level < quantiles.size(); ++level) {
    const double place = quantile_levels[level] * static_cast<double>(values.size() - 1);
    const auto below = static_cast<std::size_t>(place);
    const std::size_t above = std::min(below + 1, values.size() - 1);
    const auto share = static_cast<float>(place - static_cast<double>(below));
    quantiles[level] = values[below] + share * (values[above] - values[below]);
  }
  return quantiles;
}

void QuantileScorer::add(const Quantiles& forecast, double actual) {
  ++count_;
  amounts_ += std::abs(actual);
  errors_ += std::abs(actual - forecast[median_level]);
  within_80_ += actual >= forecast[level_10] && actual <= forecast[level_90] ? 1U : 0U;
  for (std::size_t level = 0; level < forecast.size(); ++level) {
    covered_[level] += actual <= forecast[level] ? 1U : 0U;
    losses_[level] += pinball_loss(quantile_levels[level], forecast[level], actual);
  }
}

QuantileScores QuantileScorer::scores() const {
  constexpr double none = std::numeric_limits<double>::quiet_NaN();
  QuantileScores scores{count_, none, none, none, none, none, none, {}};
  scores.covered.fill(none);
  if (count_ == 0) return scores;
  const auto number = static_cast<double>(count_);
  const double amounts = std::max(amounts_, least_amount);
  for (std::size_t level = 0; level < covered_.size(); ++level)
    scores.covered[level] = static_cast<double>(covered_[level]) / number;
  scores.weighted_loss =
      2 * std::accumulate(losses_.begin(), losses_.begin() + deciles, 0.0) / deciles / amounts;
  scores.weighted_loss_95 = 2 * losses_[level_95] / amounts;
  scores.coverage_90 = scores.covered[level_90];
  scores.coverage_95 = scores.covered[level_95];
  scores.absolute_error = errors_ / number;
  scores.within_80 = static_cast<double>(within_80_) / number;
  return scores;
}

}  // namespace deskloom::predict
