#include "predict/correction.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "predict/logistic.hpp"

namespace deskloom::predict {
namespace {

constexpr double first_edge = -8, bin_width = 0.7;
constexpr float least = 1e-6F, most = 1 - 1e-6F;
constexpr float most_shift = 3, least_slope = 0.5F, most_slope = 2;
constexpr std::size_t least_days = 5;
constexpr double least_true = 50;
// What stands for the belief that probabilities are right.
constexpr double prior_days = 3, prior_true = 50;
// Days unlike the others; counts are evened out, or else quiet days would be among them.
constexpr double unlike = 2, evening_out = 5;

double sigmoid(double z) { return 1 / (1 + std::exp(-z)); }
double mean_logit(const LogitBin& bin) { return bin.logits / static_cast<double>(bin.count); }

struct DaySum {
  double came_true = 0, expected = 0;

  double ratio() const { return (came_true + evening_out) / (expected + evening_out); }
};

DaySum sum_of(const LogitBins& bins) {
  DaySum sum;
  for (const LogitBin& bin : bins) {
    if (bin.count == 0) continue;
    sum.came_true += static_cast<double>(bin.came_true);
    sum.expected += static_cast<double>(bin.count) * sigmoid(mean_logit(bin));
  }
  return sum;
}

double median_ratio(std::span<const LogitBins> days) {
  std::vector<double> ratios;
  for (const LogitBins& day : days) ratios.push_back(sum_of(day).ratio());
  const auto middle = ratios.begin() + static_cast<std::ptrdiff_t>(ratios.size() / 2);
  std::ranges::nth_element(ratios, middle);
  return *middle;
}

void add_example(Examples& examples, double logit, double weight, bool came_true) {
  if (weight <= 0) return;
  examples.features.insert(examples.features.end(), {1.0F, static_cast<float>(logit)});
  examples.weights.push_back(static_cast<float>(weight));
  examples.outcomes.push_back(came_true ? 1 : 0);
}

// prior: how much of what was foretold counts once more, as if it had come true as it was.
Examples examples_of(const LogitBins& bins, double prior) {
  Examples examples;
  examples.width = 2;
  for (const LogitBin& bin : bins) {
    if (bin.count == 0) continue;
    const double logit = mean_logit(bin);
    const auto count = static_cast<double>(bin.count), came_true = static_cast<double>(bin.came_true);
    const double p = sigmoid(logit);
    add_example(examples, logit, came_true + prior * count * p, true);
    add_example(examples, logit, count - came_true + prior * count * (1 - p), false);
  }
  return examples;
}

}  // namespace

void add_to_bins(LogitBins& bins, double logit, double given_out, bool came_true) {
  const double place = std::clamp((logit - first_edge) / bin_width + 1, 0.0, logit_bins - 1.0);
  LogitBin& bin = bins[static_cast<std::size_t>(place)];
  ++bin.count;
  bin.came_true += came_true ? 1 : 0;
  bin.logits += logit;
  bin.foretold += given_out;
}

void add_to_bins(LogitBins& bins, const LogitBins& others) {
  for (std::size_t i = 0; i < bins.size(); ++i) {
    bins[i].count += others[i].count;
    bins[i].came_true += others[i].came_true;
    bins[i].logits += others[i].logits;
    bins[i].foretold += others[i].foretold;
  }
}

double calibration_error(const LogitBins& bins) {
  double error = 0, count = 0;
  for (const LogitBin& bin : bins) {
    error += std::abs(bin.foretold - static_cast<double>(bin.came_true));
    count += static_cast<double>(bin.count);
  }
  return count > 0 ? error / count : std::numeric_limits<double>::quiet_NaN();
}

float Correction::of(float probability) const {
  if (is_none()) return probability;
  const float kept = std::clamp(probability, least, most);
  const float logit = std::log(kept / (1 - kept));
  const float corrected = std::clamp(slope * logit + offset, logit - most_shift, logit + most_shift);
  return std::clamp(1 / (1 + std::exp(-corrected)), least, most);
}

Correction learn_correction(std::span<const LogitBins> days) {
  if (days.size() < least_days) return {};
  const double usual = median_ratio(days);
  LogitBins bins{};
  double taken = 0;
  for (const LogitBins& day : days) {
    const double ratio = sum_of(day).ratio() / usual;
    if (ratio > unlike || ratio < 1 / unlike) continue;
    add_to_bins(bins, day);
    ++taken;
  }
  const DaySum sum = sum_of(bins);
  if (taken < least_days || sum.came_true < least_true || sum.expected <= 0) return {};
  const double prior = std::max(prior_days / taken, prior_true / sum.expected);
  constexpr std::array<double, 2> unchanged{0, 1};
  const auto weights = fit_logistic(examples_of(bins, prior), 1, unchanged);
  return {std::clamp(static_cast<float>(weights[1]), least_slope, most_slope),
          static_cast<float>(weights[0])};
}

}  // namespace deskloom::predict
