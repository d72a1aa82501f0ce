#pragma once

#include <span>

#include "predict/demand/forecast.hpp"

// A pool's demand from what is foretold of its users one by one.
namespace deskloom::predict {

// Of an hour: the sum of what is expected of each, and its variance if they were independent.
struct SummedHour {
  double mean = 0, variance = 0;

  // Somebody does something with that probability, so many times.
  void add(double probability, double times = 1) {
    mean += times * probability;
    variance += times * probability * (1 - probability);
  }
};

// What sums were wrong by.
struct SumModel {
  float factor = 1;  // of the mean
  float spread = 1;  // of the variance: users do things together
};

// From hours that were foretold, and how they came; a day's worth of hours that fit stand for what is not
// known yet.
SumModel learn_sum(std::span<const SummedHour> foretold, std::span<const float> actual);
// As count_quantile and amount_quantile have them.
Quantiles quantiles_of(const SumModel& model, const SummedHour& hour, DemandKind kind);

}  // namespace deskloom::predict
