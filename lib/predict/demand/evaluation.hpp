#pragma once

#include <functional>
#include <vector>

#include "predict/demand/forecast.hpp"
#include "predict/folds.hpp"
#include "predict/scaled_scores.hpp"

namespace deskloom::predict {

// Takes what our model foretold of the 24 hours behind an origin.
using DemandForecastSink = std::function<void(std::size_t origin, const std::vector<Quantiles>& forecasts)>;

// A back-test on folds of hours: every 24 hours from a fold's begin on, the next 24 are foretold, by the
// amounts a week before, exponential smoothing, quantiles of the hour of the week, and the model of
// demand/model.hpp, which learns from what was before the fold, as the smoothing's gains are. Days that are
// not whole are not scored. Throws Error(usage) when less than a week is before the test, or no whole day in
// it.
std::vector<AmountScores> evaluate_demand(const DemandSeries& series, DemandKind kind, const Folds& folds,
                                          const DemandForecastSink& sink = {});

}  // namespace deskloom::predict
