#pragma once

#include <array>
#include <cstddef>
#include <vector>

#include "predict/demand/profile.hpp"
#include "predict/demand/regression.hpp"
#include "predict/demand/series.hpp"
#include "predict/demand/smoothing.hpp"

namespace deskloom::predict {

inline constexpr std::size_t demand_features = 18;
using DemandFeatures = std::array<float, demand_features>;

// What is thought of the features' weights before anything was learnt.
extern const std::array<WeightPrior, demand_features> demand_priors;

// What can be known of a series at one of its hours, the origin: it takes in hour after hour and looks at no
// amount that came later. Holidays, bridge days and hours that are not known are passed over: they say
// nothing of ordinary ones.
class DemandState {
 public:
  // The series must outlive it.
  DemandState(const DemandSeries& series, const SmoothingGains& gains);

  std::size_t origin() const { return levels_.size() - 1; }
  // origin: not before the present one, and within the amounts.
  void advance_to(std::size_t origin);

  // Of an hour from the origin on, at most a week after it, whose hour of the week is known: 1; the logarithm
  // of the usual amount in that hour of the week; how profiles that fade faster, or slower, or take similar
  // hours together differ from it; how the last day, week, four weeks and six hours, and this hour yesterday
  // and a week ago, differed from the usual; holiday, bridge day; what users' own models expect against the
  // usual; meetings of everybody. All but the flags and shares are logarithms of ratios.
  DemandFeatures features(std::size_t hour) const;
  // What double-seasonal smoothing expects.
  double smoothed(std::size_t hour) const;
  // The usual amount, at least a little.
  double usual(std::size_t hour) const;
  // Hours that were taken in.
  std::size_t known_hours() const { return known_hours_; }

 private:
  // Sums over the hours before one.
  struct Level {
    double amount = 0, usual = 0;
  };

  void take(std::size_t hour);
  double usual_in(std::size_t hour_of_week) const;
  double similar(const FadingProfile& days, std::size_t hour_of_week) const;
  double log_level(std::size_t hours) const;
  double log_level_around(std::size_t hour) const;
  std::size_t hour_of_week(std::size_t hour) const;

  const DemandSeries& series_;
  DoubleSeasonalSmoothing smoothing_;
  FadingProfile usual_, recent_, faster_, slower_;  // hours of the week
  FadingProfile recent_days_, days_, all_days_;     // hours of kinds of days, and of the day
  std::vector<Level> levels_{1};
  std::size_t known_hours_ = 0;
};

}  // namespace deskloom::predict
