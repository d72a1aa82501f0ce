#pragma once

#include <array>
#include <cstddef>
#include <vector>

#include "predict/demand/regression.hpp"
#include "predict/time_grid.hpp"

// Arrivals at a pool that users share, one quarter of an hour ahead: how many desktops must be ready when it
// begins.
namespace deskloom::predict {

inline constexpr std::size_t slot_features = 13;
using SlotFeatures = std::array<float, slot_features>;

// Of each slot of a grid, from its first on. Empty expectations: none.
struct SlotArrivals {
  std::vector<float> arrivals;  // negative or not finite: not known
  std::vector<float> expected;  // the sum of users' own probabilities of connecting
};

// What was learnt. As it begins it expects what was usual at that time of the week.
struct SlotModel {
  SlotModel();

  std::array<float, slot_features> weights{};
  float dispersion = 0.3F;  // the variance is mean + dispersion * mean²
};

struct SlotForecast {
  std::size_t slot = 0;
  double mean = 0;
  double variance = 0;

  // How many to have ready so that all who arrive find one with probability level (above 0, below 1).
  double quantile(double level) const;
};

// Learns from the slots before until, which may lie beyond what is recorded.
SlotModel learn_slots(const TimeGrid& grid, const SlotArrivals& arrivals, std::size_t until);

// Forecasts the slots from first up to, not with, last, one after the other. Each is made of the arrivals in
// slots that were over when the one before it began, and of what users' own models expected of it.
std::vector<SlotForecast> forecast_slots(const SlotModel& model, const TimeGrid& grid,
                                         const SlotArrivals& arrivals, std::size_t first, std::size_t last);

}  // namespace deskloom::predict
