#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace deskloom::predict {

// What came true of probabilities of about the same height.
struct LogitBin {
  std::uint64_t count = 0, came_true = 0;
  double logits = 0;    // sum of those that a model said, before any correction
  double foretold = 0;  // sum of the probabilities that were given out
};
// By the logit that the model said: the first up to -8, the last from 5.3 on.
inline constexpr std::size_t logit_bins = 20;
using LogitBins = std::array<LogitBin, logit_bins>;

void add_to_bins(LogitBins& bins, double logit, double given_out, bool came_true);
void add_to_bins(LogitBins& bins, const LogitBins& others);

// How far what was given out is from the rate, over the bins; NaN when they are empty.
double calibration_error(const LogitBins& bins);

// Of a probability's logit: slope * logit + offset, at most 3 away from it.
struct Correction {
  float slope = 1, offset = 0;

  bool is_none() const { return slope == 1 && offset == 0; }
  float of(float probability) const;
};

// What would have made the days' probabilities fit what came true (Platt: Probabilistic outputs for support
// vector machines, 1999), as if besides, three days and 50 times that it came true had been just as foretold:
// little evidence moves little. None for fewer than 5 days or 50 that came true. Slopes stay within 0.5
// and 2. Days on which more than twice as much, or less than half as much, of what was foretold came true as
// on the median day are left out: a holiday says nothing of the days after it.
Correction learn_correction(std::span<const LogitBins> days);

}  // namespace deskloom::predict
