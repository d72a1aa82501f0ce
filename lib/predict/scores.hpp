#pragma once

#include <cstddef>
#include <vector>

namespace deskloom::predict {

// Probabilities and what came true, one by one.
struct Foretold {
  std::vector<float> probabilities;
  std::vector<char> outcomes;

  void add(double probability, bool outcome) {
    probabilities.push_back(static_cast<float>(probability));
    outcomes.push_back(outcome ? 1 : 0);
  }
};

// Means over all; NaN when there are none.
struct ProbabilityScores {
  std::size_t count = 0;
  double rate = 0;      // how often it came true
  double log_loss = 0;  // natural logarithm, probabilities kept within 1e-6 of 0 and 1
  double brier = 0;
  // Expected calibration error: how far the mean probability is from the rate, over 20 bins of equal counts.
  double calibration_error = 0;
};

ProbabilityScores score(const Foretold& foretold);

// Forecasts that are alike, and what came of them.
struct CalibrationBin {
  std::size_t count = 0;
  double probability = 0;  // mean
  double rate = 0;         // how often it came true
};

// The bins of the calibration error, by rising probability; those that are empty are left out.
std::vector<CalibrationBin> calibration_bins(const Foretold& foretold);

}  // namespace deskloom::predict
