#pragma once

#include <array>
#include <cstddef>
#include <span>

#include "predict/ahead/features.hpp"

// Whether a model still does what its test promised (a survey of ways to see that the world has changed:
// Gama, Žliobaitė, Bifet, Pechenizkiy, Bouchachia: A survey on concept drift adaptation, ACM Computing
// Surveys 2014).
namespace deskloom::predict {

// Log losses of one band of the horizon.
struct BandLoss {
  double slots = 0, came_true = 0;
  double by_model = 0, by_habit = 0;  // sums over the slots
};
using DayLoss = std::array<BandLoss, horizon_bands.size()>;

// Means over slots, of what a model's test said; NaN: not tested.
struct PromisedLoss {
  double by_model = 0, by_habit = 0;
};
using Promise = std::array<PromisedLoss, horizon_bands.size()>;

// Less is no evidence.
inline constexpr std::size_t least_standing_days = 7;
inline constexpr double least_standing_true = 100;

// Losses are means over slots and then over bands, each band alike; NaN where nothing is known.
struct Standing {
  std::size_t days = 0;  // on which something was scored
  double came_true = 0;  // in the band in which most did
  double by_model = 0, by_habit = 0;
  double promised_by_model = 0, promised_by_habit = 0;
  double excess = 0;        // how much more is lost than promised, as a share of that
  double excess_error = 0;  // its standard error, by the differences between days
  bool is_known = false;    // there is evidence enough to say whether it has drifted
  bool has_drifted = false;
};

// A bad week is bad for all: what is compared is the loss over the habits' on the same slots, with what the
// test promised of it. It has drifted when that is exceeded by more than tolerance, a share, and by more than
// two standard errors (of a ratio: Cochran, Sampling Techniques, 3rd ed., 6.3).
Standing standing_of(std::span<const DayLoss> days, const Promise& promise, double tolerance);

}  // namespace deskloom::predict
