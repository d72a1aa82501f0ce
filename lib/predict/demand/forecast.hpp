#pragma once

#include <cstddef>
#include <vector>

#include "predict/demand/model.hpp"
#include "predict/quantiles.hpp"

namespace deskloom::predict {

enum class DemandKind {
  arrivals,    // whole numbers
  concurrent,  // means over an hour
};

// Quantiles of the hours from the origin on, by what was known when it began (amounts before it, and what is
// known beforehand). They follow the errors that the same model would have made in the last eight weeks, at
// this time of day and that many days ahead, in hours of about the same demand: half by their distribution
// (conformal: Lei, G'Sell, Rinaldo, Tibshirani, Wasserman: Distribution-free predictive inference for
// regression, J. Am. Stat. Assoc. 2018), half by a negative binomial or gamma one with their variance. Little
// known, or a holiday: only the latter, and wider. hours: up to 168. Throws Error(usage) when more are asked
// for, when the origin lies beyond the amounts, or when hours of the week are missing.
std::vector<Quantiles> forecast_demand(const DemandModel& model, const DemandSeries& series, DemandKind kind,
                                       std::size_t origin, std::size_t hours);

}  // namespace deskloom::predict
