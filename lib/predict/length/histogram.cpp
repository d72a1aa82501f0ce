#include "predict/length/histogram.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <numeric>

namespace deskloom::predict {
namespace {

static_assert(std::numeric_limits<float>::is_iec559, "bins are read off the bits of floats");

constexpr float least_told_apart = 1.0F / 64, most_hours = 1024;
constexpr float seconds_per_hour = 3600;  // lengths are recorded to the second
// Of a float's 23 bits behind the exponent, four number the bin within an octave.
constexpr unsigned dropped_bits = 23 - 4;
constexpr std::uint32_t first_bin = std::bit_cast<std::uint32_t>(least_told_apart) >> dropped_bits;

std::size_t bin_of(float hours) {
  const float apart = std::max(least_told_apart, hours);
  return (std::bit_cast<std::uint32_t>(apart) >> dropped_bits) - first_bin;
}

}  // namespace

void LengthHistogram::add(float hours, float weight) {
  const float known = std::min(std::max(0.0F, hours), most_hours);
  const std::size_t bin = std::min(bin_of(known), bins - 1);
  weights_[bin] += weight;
  sums_[bin] += weight * known;
}

void LengthHistogram::add(const LengthHistogram& other, float factor) {
  for (std::size_t bin = 0; bin < bins; ++bin) {
    weights_[bin] += factor * other.weights_[bin];
    sums_[bin] += factor * other.sums_[bin];
  }
}

void LengthHistogram::scale(float by) {
  for (float& weight : weights_) weight *= by;
  for (float& sum : sums_) sum *= by;
}

float LengthHistogram::weight() const { return std::reduce(weights_.begin(), weights_.end()); }

Quantiles LengthHistogram::quantiles() const {
  Quantiles quantiles{};
  const double total = static_cast<double>(weight());
  double sum = 0;
  float hours = 0;
  std::size_t level = 0;
  for (std::size_t bin = 0; bin < bins && level < quantiles.size(); ++bin) {
    if (!(weights_[bin] > 0)) continue;
    sum += static_cast<double>(weights_[bin]);
    hours = std::round(sums_[bin] / weights_[bin] * seconds_per_hour) / seconds_per_hour;
    for (; level < quantiles.size() && quantile_levels[level] * total <= sum; ++level)
      quantiles[level] = hours;
  }
  std::fill(quantiles.begin() + static_cast<std::ptrdiff_t>(level), quantiles.end(), hours);
  return quantiles;
}

}  // namespace deskloom::predict
