#include "plan/count_distribution.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace deskloom::plan {
namespace {

constexpr double negligible = 1e-9;
// Of a count of many: what is less probable adds up to less than that.
constexpr double negligible_each = 1e-14;
// Above the size of any pool: memory is bounded, whatever was foretold.
constexpr double most_counted = 100'000;
constexpr int most_parts = 8;  // that a rise between two levels is cut into

double binomial_chance(int count, int of, double probability) {
  const double ways = std::lgamma(of + 1.0) - std::lgamma(count + 1.0) - std::lgamma(of - count + 1.0);
  return std::exp(ways + count * std::log(probability) + (of - count) * std::log1p(-probability));
}

// Adds what is not negligible, from the most probable count outwards.
void add_binomial(int of, double probability, double weight, std::vector<double>& chances) {
  const auto add = [&](int count, double chance) {
    chances[static_cast<std::size_t>(count)] += weight * chance;
    return chance > negligible_each;
  };
  if (probability <= 0 || probability >= 1) {
    add(probability <= 0 ? 0 : of, 1);
    return;
  }
  const double odds = probability / (1 - probability);
  const int likely = std::min(of, static_cast<int>((of + 1) * probability));
  const double most = binomial_chance(likely, of, probability);
  double chance = most;
  for (int count = likely; add(count, chance) && count < of; ++count)
    chance *= (of - count) * odds / (count + 1);
  chance = most;
  for (int count = likely; count > 0; --count) {
    chance *= count / ((of - count + 1) * odds);
    if (!add(count - 1, chance)) break;
  }
}

}  // namespace

CountDistribution::CountDistribution(int least, std::vector<double> chances)
    : least_(least), chances_(std::move(chances)) {
  double tail = 0;
  while (chances_.size() > 1 && (tail += chances_.back()) < negligible) chances_.pop_back();
  std::size_t head = 0;
  for (tail = chances_[0]; head + 1 < chances_.size() && tail < negligible; tail += chances_[head]) ++head;
  chances_.erase(chances_.begin(), chances_.begin() + static_cast<std::ptrdiff_t>(head));
  least_ += static_cast<int>(head);
  const double sum = std::accumulate(chances_.begin(), chances_.end(), 0.0);
  for (std::size_t i = 0; i < chances_.size(); ++i) {
    chances_[i] /= sum;
    mean_ += chances_[i] * (least_ + static_cast<int>(i));
  }
}

CountDistribution CountDistribution::of_each(std::span<const double> probabilities) {
  std::vector<double> chances{1};
  for (const double probability : probabilities) {
    if (chances.back() * probability > negligible_each) chances.push_back(0);
    for (std::size_t count = chances.size() - 1; count > 0; --count)
      chances[count] += (chances[count - 1] - chances[count]) * probability;
    chances[0] *= 1 - probability;
  }
  return {0, std::move(chances)};
}

double CountDistribution::at_most(int count) const {
  if (count >= most()) return 1;
  double sum = 0;
  for (int i = least_; i <= count; ++i) sum += chances_[static_cast<std::size_t>(i - least_)];
  return sum;
}

double CountDistribution::expected_above(int count) const {
  double sum = 0;
  for (int i = std::max(least_, count + 1); i <= most(); ++i)
    sum += (i - count) * chances_[static_cast<std::size_t>(i - least_)];
  return sum;
}

int CountDistribution::quantile(double level) const {
  // Sums of the same chances, made in another order, must not cost a ghost.
  constexpr double rounding = 1e-12;
  double sum = 0;
  int count = least_;
  for (; count < most(); ++count) {
    sum += chances_[static_cast<std::size_t>(count - least_)];
    if (sum >= level - rounding) break;
  }
  return count;
}

CountDistribution CountDistribution::operator+(const CountDistribution& other) const {
  std::vector<double> sums(chances_.size() + other.chances_.size() - 1);
  for (std::size_t i = 0; i < chances_.size(); ++i)
    for (std::size_t j = 0; j < other.chances_.size(); ++j) sums[i + j] += chances_[i] * other.chances_[j];
  return {least_ + other.least_, std::move(sums)};
}

HourArrivals::HourArrivals(std::span<const QuantilePoint> points) {
  const auto amount = [&](std::size_t i) { return std::clamp(points[i].amount, 0.0, most_counted); };
  if (points.size() < 2) {
    add_rise(points.empty() ? 0 : amount(0), points.empty() ? 0 : amount(0), 1);
    return;
  }
  const std::size_t last = points.size() - 1;
  const auto steepness = [&](std::size_t i) {
    return (amount(i + 1) - amount(i)) / (points[i + 1].level - points[i].level);
  };
  add_rise(std::max(0.0, amount(0) - steepness(0) * points[0].level), amount(0), points[0].level);
  for (std::size_t i = 0; i < last; ++i)
    add_rise(amount(i), amount(i + 1), points[i + 1].level - points[i].level);
  const double rest = 1 - points[last].level;
  add_rise(amount(last), std::min(most_counted, amount(last) + steepness(last - 1) * rest), rest);
}

void HourArrivals::add_rise(double from, double to, double weight) {
  const int parts = std::clamp(static_cast<int>(std::ceil(to - from)), 1, most_parts);
  for (int part = 0; part < parts; ++part) {
    const double amount = from + (to - from) * (part + 0.5) / parts;
    const int below = static_cast<int>(amount);
    chances_[below] += weight / parts * (1 - (amount - below));
    chances_[below + 1] += weight / parts * (amount - below);
  }
}

double HourArrivals::mean() const {
  double sum = 0;
  for (const auto& [count, chance] : chances_) sum += count * chance;
  return sum;
}

CountDistribution HourArrivals::thinned(double probability) const {
  std::vector<double> chances(static_cast<std::size_t>(chances_.rbegin()->first) + 1);
  for (const auto& [count, chance] : chances_) add_binomial(count, probability, chance, chances);
  return {0, std::move(chances)};
}

}  // namespace deskloom::plan
