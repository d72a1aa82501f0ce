#include "predict/quantile_mixture.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace deskloom::predict {
namespace {

constexpr std::size_t level_90 = 8;
// Levels from each of these up to the next share weights.
constexpr std::array<std::size_t, 7> level_groups{0, 2, 5, 8, 9, 10, quantile_levels.size()};
constexpr int steps = 40;
constexpr double first_step = 2.4, slowing = 0.25;
constexpr double least_gradient = 1e-30;
constexpr std::size_t enough_excesses = 200;

// Of logarithms; they sum up to 1.
std::vector<double> softmax(const std::vector<double>& logarithms) {
  const double most = *std::ranges::max_element(logarithms);
  std::vector<double> weights;
  for (const double logarithm : logarithms) weights.push_back(std::exp(logarithm - most));
  const double sum = std::reduce(weights.begin(), weights.end());
  for (double& weight : weights) weight /= sum;
  return weights;
}

// Least value below which lie a level's share of all and of one more to come.
float conformal_quantile(std::vector<float> values, double level) {
  const auto size = static_cast<double>(values.size());
  const auto place = static_cast<std::ptrdiff_t>(std::min(std::ceil(level * (size + 1)), size)) - 1;
  std::ranges::nth_element(values, values.begin() + place);
  return values[static_cast<std::size_t>(place)];
}

}  // namespace

std::size_t band_of(std::size_t hours_ahead) {
  const auto end = std::ranges::upper_bound(band_ends_h, hours_ahead);
  return std::min(static_cast<std::size_t>(end - band_ends_h.begin()), band_ends_h.size() - 1);
}

float spread_of(const Quantiles& quantiles, float least_spread) {
  return std::max(quantiles[level_90] - quantiles[0], least_spread);
}

QuantileMixture QuantileMixture::untrained(std::size_t experts) {
  QuantileMixture mixture;
  mixture.experts = experts;
  Levels equal;
  equal.fill(1 / static_cast<float>(experts));
  mixture.weights.assign(band_ends_h.size() * experts, equal);
  return mixture;
}

void QuantileMixture::mix(std::span<const Quantiles> forecasts, float least_spread,
                          std::span<Quantiles> ahead) const {
  for (std::size_t i = 0; i < ahead.size(); ++i) {
    const std::size_t band = band_of(i);
    Quantiles& mixed = ahead[i];
    mixed.fill(0);
    for (std::size_t expert = 0; expert < experts; ++expert) {
      const Levels& weight = weights_of(band, expert);
      const Quantiles& forecast = forecasts[expert * ahead.size() + i];
      for (std::size_t level = 0; level < mixed.size(); ++level)
        mixed[level] += weight[level] * forecast[level];
    }
    const float spread = spread_of(mixed, least_spread);
    for (std::size_t level = level_90; level < mixed.size(); ++level)
      mixed[level] += corrections[band][level] * spread;
    order_quantiles(mixed, 0);
  }
}

MixtureLearner::MixtureLearner(std::size_t experts) : experts_(experts) {
  for (Band& band : bands_) band.forecasts.resize(quantile_levels.size() * experts);
}

void MixtureLearner::add(std::size_t hours_ahead, std::span<const Quantiles> by_expert, float actual,
                         float weight) {
  Band& band = bands_[band_of(hours_ahead)];
  for (std::size_t level = 0; level < quantile_levels.size(); ++level)
    for (std::size_t expert = 0; expert < experts_; ++expert)
      band.forecasts[level * experts_ + expert].push_back(by_expert[expert][level]);
  band.actuals.push_back(actual);
  band.weights.push_back(weight);
}

QuantileMixture MixtureLearner::learn() const {
  QuantileMixture mixture = QuantileMixture::untrained(experts_);
  for (std::size_t band = 0; band < bands_.size(); ++band) {
    if (bands_[band].actuals.empty()) continue;
    for (std::size_t group = 0; group + 1 < level_groups.size(); ++group) {
      const auto weights = learn_levels(bands_[band], level_groups[group], level_groups[group + 1]);
      for (std::size_t expert = 0; expert < experts_; ++expert)
        for (std::size_t level = level_groups[group]; level < level_groups[group + 1]; ++level)
          mixture.weights_of(band, expert)[level] = static_cast<float>(weights[expert]);
    }
  }
  return mixture;
}

std::vector<double> MixtureLearner::learn_levels(const Band& band, std::size_t first,
                                                 std::size_t last) const {
  std::vector<double> logarithms(experts_), average(experts_);
  double steepest = least_gradient;
  for (int step = 0; step < steps; ++step) {
    const auto weights = softmax(logarithms);
    std::vector<double> slopes(experts_);
    for (std::size_t level = first; level < last; ++level) {
      const auto slope = gradient(band, level, weights);
      std::ranges::transform(slopes, slope, slopes.begin(), std::plus());
    }
    // Along the simplex, and in steps that do not depend on the unit.
    const double mean = std::transform_reduce(weights.begin(), weights.end(), slopes.begin(), 0.0);
    for (double& slope : slopes) steepest = std::max(steepest, std::abs(slope -= mean));
    const double size = first_step / std::sqrt(1 + slowing * step) / steepest;
    for (std::size_t expert = 0; expert < experts_; ++expert) {
      logarithms[expert] -= size * slopes[expert];
      if (2 * step >= steps) average[expert] += weights[expert];
    }
  }
  const double sum = std::reduce(average.begin(), average.end());
  for (double& weight : average) weight /= sum;
  return average;
}

std::vector<double> MixtureLearner::gradient(const Band& band, std::size_t level,
                                             std::span<const double> weights) const {
  const auto columns = std::span(band.forecasts).subspan(level * experts_, experts_);
  const auto share = static_cast<float>(quantile_levels[level]);
  std::vector<float> mixed(band.actuals.size());
  for (std::size_t expert = 0; expert < experts_; ++expert) {
    const auto weight = static_cast<float>(weights[expert]);
    std::ranges::transform(mixed, columns[expert], mixed.begin(),
                           [&](float sum, float forecast) { return sum + weight * forecast; });
  }
  for (std::size_t row = 0; row < mixed.size(); ++row)
    mixed[row] = band.weights[row] * (band.actuals[row] > mixed[row] ? -share : 1 - share);
  std::vector<double> slopes;
  for (const auto& column : columns)
    slopes.push_back(std::transform_reduce(column.begin(), column.end(), mixed.begin(), 0.0));
  return slopes;
}

void MixtureCalibration::add(std::size_t hours_ahead, const Quantiles& forecast, float least_spread,
                             float actual) {
  const float spread = spread_of(forecast, least_spread);
  if (spread <= 0) return;
  auto& excesses = excesses_[band_of(hours_ahead)];
  for (std::size_t level = level_90; level < forecast.size(); ++level)
    excesses[level].push_back((actual - forecast[level]) / spread);
}

void MixtureCalibration::correct(QuantileMixture& mixture) const {
  for (std::size_t band = 0; band < excesses_.size(); ++band) {
    for (std::size_t level = level_90; level < quantile_levels.size(); ++level) {
      const auto& excesses = excesses_[band][level];
      if (excesses.size() >= enough_excesses)
        mixture.corrections[band][level] = conformal_quantile(excesses, quantile_levels[level]);
    }
  }
}

}  // namespace deskloom::predict
