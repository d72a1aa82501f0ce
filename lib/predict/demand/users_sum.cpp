#include "predict/demand/users_sum.hpp"

#include <algorithm>
#include <cmath>

#include "predict/demand/counts.hpp"

namespace deskloom::predict {
namespace {

constexpr double usual_hours = 24;
constexpr double least_mean = 0.1;  // of an hour that stands for what is not known
constexpr double most_factor = 10, most_spread = 1000;

}  // namespace

SumModel learn_sum(std::span<const SummedHour> foretold, std::span<const float> actual) {
  double means = 0, amounts = 0, variances = 0, squares = 0;
  for (std::size_t hour = 0; hour < foretold.size(); ++hour) {
    means += foretold[hour].mean;
    amounts += actual[hour];
  }
  const double hours = std::max(static_cast<double>(foretold.size()), 1.0);
  const double usual = usual_hours * std::max(means / hours, least_mean);
  const double factor = std::clamp((amounts + usual) / (means + usual), 1 / most_factor, most_factor);
  for (std::size_t hour = 0; hour < foretold.size(); ++hour) {
    variances += foretold[hour].variance;
    squares += std::pow(actual[hour] - factor * foretold[hour].mean, 2);
  }
  const double usual_variance = usual_hours * std::max(variances / hours, least_mean);
  const double spread = (squares + usual_variance) / (variances + usual_variance);
  return {static_cast<float>(factor), static_cast<float>(std::clamp(spread, 1 / most_spread, most_spread))};
}

Quantiles quantiles_of(const SumModel& model, const SummedHour& hour, DemandKind kind) {
  const double mean = model.factor * hour.mean, variance = model.spread * hour.variance;
  Quantiles quantiles{};
  for (std::size_t level = 0; level < quantiles.size(); ++level) {
    quantiles[level] = static_cast<float>(kind == DemandKind::arrivals
                                              ? count_quantile(mean, variance, quantile_levels[level])
                                              : amount_quantile(mean, variance, quantile_levels[level]));
  }
  order_quantiles(quantiles, 0);
  return quantiles;
}

}  // namespace deskloom::predict
