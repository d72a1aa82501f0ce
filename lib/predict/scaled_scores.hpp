#pragma once

#include <cmath>
#include <limits>
#include <string>

#include "predict/quantiles.hpp"

namespace deskloom::predict {

// How well a method foretold amounts, also against how hard they are to foretell.
struct AmountScores {
  std::string model;
  QuantileScores scores;
  // Mean absolute scaled error of the median (Hyndman, Koehler: Another look at measures of forecast
  // accuracy, Int. J. Forecasting 2006): 1 is no better than the naive forecast that the scale is of. NaN: no
  // scale.
  double scaled_error = 0;
};

class AmountScorer {
 public:
  // scale: of this amount's series; 0 or NaN: none.
  void add(const Quantiles& forecast, double actual, double scale) {
    scorer_.add(forecast, actual);
    if (!(scale > 0)) return;
    errors_ += std::abs(actual - static_cast<double>(forecast[median_level])) / scale;
    ++scaled_;
  }
  AmountScores scores(std::string model) const {
    return {std::move(model), scorer_.scores(),
            scaled_ > 0 ? errors_ / scaled_ : std::numeric_limits<double>::quiet_NaN()};
  }

 private:
  QuantileScorer scorer_;
  double errors_ = 0, scaled_ = 0;
};

}  // namespace deskloom::predict
