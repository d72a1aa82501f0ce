#pragma once

#include <array>
#include <cstddef>

#include "predict/demand/series.hpp"
#include "predict/demand/state.hpp"

namespace deskloom::predict {

inline constexpr std::size_t most_days_ahead = 7;

// What was learnt of a pool's demand. As it begins, it forecasts what commonly holds, so that a series of
// which little is known needs none that was learnt.
struct DemandModel {
  DemandModel();

  SmoothingGains gains;
  // Of the regression, for hours up to 24 ahead, up to 48 ahead …
  std::array<std::array<float, demand_features>, most_days_ahead> weights{};
  float regression_share = 0.75F;  // in the forecast; the rest is smoothing's
};

// Learns from the hours before until, of which only the last year and a half count. What is chosen rather
// than fitted (gains, the regression's share) is chosen by the last six and eight weeks, seen from before
// each day. Little or nothing known leaves the model as it begins. Throws Error(usage) when hours of the week
// are missing or are none.
DemandModel learn_demand(const DemandSeries& series, std::size_t until);

// What the model expects of an hour, from the state's origin.
double expected_demand(const DemandModel& model, const DemandState& state, std::size_t hour);

// Throws Error(usage) unless the series has hours of the week from 0 to 167 for so many hours.
void check_hours_of_week(const DemandSeries& series, std::size_t hours);

}  // namespace deskloom::predict
