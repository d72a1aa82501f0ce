#include "predict/demand/smoothing.hpp"

#include <algorithm>
#include <cmath>

namespace deskloom::predict {
namespace {

constexpr double anscombe = 0.375;
constexpr double least_mean = 0.02;
// That the variance of errors looks back.
constexpr double variance_days = 56;

double gain(float least, double& count) {
  ++count;
  return std::max(static_cast<double>(least), 1 / (count + 1));
}

}  // namespace

double DoubleSeasonalSmoothing::root(std::size_t hour_of_week) const {
  return level_ + day_[hour_of_week % hours_per_day] + week_[hour_of_week];
}

void DoubleSeasonalSmoothing::add(std::size_t hour_of_week, double amount) {
  const std::size_t hour = hour_of_week % hours_per_day;
  error_ = std::sqrt(amount + anscombe) - root(hour_of_week);
  level_ += gain(gains_.level, count_) * error_;
  day_[hour] += gain(gains_.day, day_counts_[hour]) * error_;
  week_[hour_of_week] += gain(gains_.week, week_counts_[hour_of_week]) * error_;
  variances_[hour] += (error_ * error_ - variances_[hour]) / std::min(day_counts_[hour], variance_days);
}

double DoubleSeasonalSmoothing::mean(std::size_t hour_of_week, std::size_t hours_ahead) const {
  const double carried = error_ * std::pow(gains_.carried_over, hours_ahead);
  const double expected = std::max(root(hour_of_week) + carried, 0.0);
  return std::max(expected * expected + variances_[hour_of_week % hours_per_day] - anscombe, least_mean);
}

}  // namespace deskloom::predict
