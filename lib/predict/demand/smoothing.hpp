#pragma once

#include <array>
#include <cstddef>

#include "predict/time_grid.hpp"

namespace deskloom::predict {

// How quickly smoothing follows what is new: shares of 0 to 1.
struct SmoothingGains {
  float level = 0.03F;
  float day = 0.03F;       // the pattern of the day
  float week = 0.1F;       // the pattern of the week
  float carried_over = 0;  // how much of the last error is expected again an hour later
};

// Exponential smoothing with a daily and a weekly season and an autoregressive error (Taylor: Short-term
// electricity demand forecasting using double seasonal exponential smoothing, J. Oper. Res. Soc. 2003), of
// square roots: amounts whose variance grows with the mean vary alike then (Anscombe: The transformation of
// Poisson, binomial and negative-binomial data, Biometrika 1948). Gains are larger at first, so that it needs
// no start values.
class DoubleSeasonalSmoothing {
 public:
  explicit DoubleSeasonalSmoothing(const SmoothingGains& gains) : gains_(gains) {}

  // amount: finite, at least 0; of the hour after the last one that was added or passed.
  void add(std::size_t hour_of_week, double amount);
  // The hour is not known.
  void pass() { error_ *= static_cast<double>(gains_.carried_over); }
  // The mean that many hours after the last one (1: the next).
  double mean(std::size_t hour_of_week, std::size_t hours_ahead) const;

 private:
  double root(std::size_t hour_of_week) const;

  SmoothingGains gains_;
  double level_ = 0, error_ = 0, count_ = 0;
  std::array<double, hours_per_day> day_{}, day_counts_{}, variances_{};
  std::array<double, hours_per_week> week_{}, week_counts_{};
};

}  // namespace deskloom::predict
