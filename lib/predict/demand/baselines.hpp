#pragma once

#include <cstddef>
#include <vector>

#include "predict/demand/series.hpp"
#include "predict/quantiles.hpp"

// What a pool's forecast is measured against. Each is made of amounts before its origin alone.
namespace deskloom::predict {

// Amounts in that hour of the last eight weeks, and in those beside it.
Quantiles hour_of_week_quantiles(const DemandSeries& series, std::size_t hour);

// What a method expects of the day behind each origin: NaN where it cannot tell. Its quantiles lie around
// that as its own errors at that hour after the last 56 origins did, a day apart.
class DayAheadMethod {
 public:
  // So much had come as in the same hour a week before (seasonal naive).
  static DayAheadMethod week_before(const DemandSeries& series);
  // Double-seasonal exponential smoothing (demand/smoothing.hpp).
  static DayAheadMethod smoothing(const DemandSeries& series, const SmoothingGains& gains);

  // ahead: below 24. Origins are hours of the series, at most its end.
  double expected(std::size_t origin, std::size_t ahead) const {
    return expected_[origin * hours_per_day + ahead];
  }
  Quantiles quantiles(std::size_t origin, std::size_t ahead) const;

 private:
  explicit DayAheadMethod(const DemandSeries& series);

  const DemandSeries& series_;
  std::vector<double> expected_;  // of each origin and hour ahead
};

// The mean error of foretelling each hour as a week before, over the hours before until: what mean absolute
// scaled errors are measured by (Hyndman, Koehler: Another look at measures of forecast accuracy, Int. J.
// Forecasting 2006). NaN: not known, or 0.
double weekly_scale(const DemandSeries& series, std::size_t until);

}  // namespace deskloom::predict
