#include "predict/demand/counts.hpp"

#include <algorithm>
#include <cmath>

namespace deskloom::predict {
namespace {

constexpr double most_summed = 60;  // a mean above which counts are not summed up one by one
constexpr double least_excess = 1e-6;
constexpr int most_counts = 10'000;

// Of the standard normal (Abramowitz, Stegun: Handbook of Mathematical Functions, 26.2.23).
double normal_quantile(double level) {
  const double tail = std::min(level, 1 - level);
  const double t = std::sqrt(-2 * std::log(tail));
  const double above = 2.515517 + t * (0.802853 + t * 0.010328);
  const double below = 1 + t * (1.432788 + t * (0.189269 + t * 0.001308));
  return std::copysign(t - above / below, level - 0.5);
}

bool is_positive(double mean) { return std::isfinite(mean) && mean > 0; }

}  // namespace

double count_quantile(double mean, double variance, double level) {
  if (!is_positive(mean)) return 0;
  if (mean > most_summed) return std::round(amount_quantile(mean, std::max(variance, mean), level));
  // The distribution's size parameter; a Poisson's is infinite.
  const double size = mean * mean / std::max(variance - mean, least_excess * mean);
  double probability = std::exp(-size * std::log1p(mean / size));
  double at_most = probability;
  int count = 0;
  while (at_most < level && count < most_counts) {
    probability *= (size + count) / (count + 1) * mean / (mean + size);
    at_most += probability;
    ++count;
  }
  return count;
}

double amount_quantile(double mean, double variance, double level) {
  if (!is_positive(mean)) return 0;
  const double spread = std::max(variance, 0.0) / (mean * mean) / 9;
  const double root = 1 - spread + normal_quantile(level) * std::sqrt(spread);
  return mean * std::pow(std::max(root, 0.0), 3);
}

}  // namespace deskloom::predict
