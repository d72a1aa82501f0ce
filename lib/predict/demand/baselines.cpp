#include "predict/demand/baselines.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace deskloom::predict {
namespace {

constexpr std::size_t weeks_back = 8, days_back = 56;
constexpr double none = std::numeric_limits<double>::quiet_NaN();

bool is_ordinary(const DemandSeries& series, std::size_t hour) {
  return std::isfinite(known_or_nan(series.amounts, hour)) && kind_of_day(series, hour) == DayKind::ordinary;
}

std::size_t cell_of(const DemandSeries& series, std::size_t hour) {
  return static_cast<std::size_t>(series.hours_of_week[hour]);
}

}  // namespace

Quantiles hour_of_week_quantiles(const DemandSeries& series, std::size_t hour) {
  std::vector<float> amounts;
  for (std::size_t back = 1; back <= weeks_back && back * hours_per_week < hour; ++back) {
    for (const std::size_t near : {0U, 1U, 2U}) {
      const float amount = known_or_nan(series.amounts, hour - back * hours_per_week + near - 1);
      if (std::isfinite(amount)) amounts.push_back(amount);
    }
  }
  return amounts.empty() ? Quantiles{} : empirical_quantiles(amounts);
}

DayAheadMethod::DayAheadMethod(const DemandSeries& series)
    : series_(series), expected_((series.amounts.size() + 1) * hours_per_day, none) {}

DayAheadMethod DayAheadMethod::week_before(const DemandSeries& series) {
  DayAheadMethod method(series);
  for (std::size_t origin = 0; origin <= series.amounts.size(); ++origin) {
    for (std::size_t ahead = 0; ahead < hours_per_day; ++ahead) {
      if (origin + ahead < hours_per_week) continue;
      method.expected_[origin * hours_per_day + ahead] =
          known_or_nan(series.amounts, origin + ahead - hours_per_week);
    }
  }
  return method;
}

DayAheadMethod DayAheadMethod::smoothing(const DemandSeries& series, const SmoothingGains& gains) {
  DayAheadMethod method(series);
  DoubleSeasonalSmoothing smoothing(gains);
  for (std::size_t origin = 0; origin <= series.amounts.size(); ++origin) {
    for (std::size_t ahead = 0; ahead < hours_per_day && origin + ahead < series.hours_of_week.size();
         ++ahead)
      method.expected_[origin * hours_per_day + ahead] =
          smoothing.mean(cell_of(series, origin + ahead), ahead + 1);
    if (origin == series.amounts.size()) break;
    if (is_ordinary(series, origin))
      smoothing.add(cell_of(series, origin), series.amounts[origin]);
    else
      smoothing.pass();
  }
  return method;
}

Quantiles DayAheadMethod::quantiles(std::size_t origin, std::size_t ahead) const {
  const double mean = expected(origin, ahead);
  if (!std::isfinite(mean)) return hour_of_week_quantiles(series_, origin + ahead);
  std::vector<float> errors;
  for (std::size_t back = 1; back <= days_back && back * hours_per_day <= origin; ++back) {
    const std::size_t then = origin - back * hours_per_day;
    const double error = known_or_nan(series_.amounts, then + ahead) - expected(then, ahead);
    if (std::isfinite(error)) errors.push_back(static_cast<float>(error));
  }
  if (errors.empty()) errors.push_back(0);
  Quantiles quantiles = empirical_quantiles(errors);
  for (float& quantile : quantiles) quantile += static_cast<float>(mean);
  order_quantiles(quantiles, 0);
  return quantiles;
}

double weekly_scale(const DemandSeries& series, std::size_t until) {
  double sum = 0, count = 0;
  for (std::size_t hour = hours_per_week; hour < std::min(until, series.amounts.size()); ++hour) {
    const double error = std::abs(static_cast<double>(known_or_nan(series.amounts, hour)) -
                                  known_or_nan(series.amounts, hour - hours_per_week));
    if (!std::isfinite(error)) continue;
    sum += error;
    ++count;
  }
  return sum > 0 ? sum / count : none;
}

}  // namespace deskloom::predict
