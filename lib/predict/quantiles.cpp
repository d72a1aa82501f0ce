#include "predict/quantiles.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace deskloom::predict {
namespace {

constexpr std::size_t level_90 = 8, level_95 = 9;
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
  below_90_ += actual <= forecast[level_90] ? 1U : 0U;
  below_95_ += actual <= forecast[level_95] ? 1U : 0U;
  for (std::size_t level = 0; level < forecast.size(); ++level)
    losses_[level] += pinball_loss(quantile_levels[level], forecast[level], actual);
}

QuantileScores QuantileScorer::scores() const {
  constexpr double none = std::numeric_limits<double>::quiet_NaN();
  if (count_ == 0) return {0, none, none, none, none, none};
  const auto number = static_cast<double>(count_);
  const double amounts = std::max(amounts_, least_amount);
  const double decile_losses = std::accumulate(losses_.begin(), losses_.begin() + deciles, 0.0) / deciles;
  return {count_,
          2 * decile_losses / amounts,
          2 * losses_[level_95] / amounts,
          static_cast<double>(below_90_) / number,
          static_cast<double>(below_95_) / number,
          errors_ / number};
}

}  // namespace deskloom::predict
