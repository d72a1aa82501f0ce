#pragma once

#include <array>
#include <cstddef>

#include "predict/quantiles.hpp"

namespace deskloom::predict {

// Lengths in hours, each with a weight, over bins that are a sixteenth of an octave wide, from a minute to
// six weeks: so that quantiles of many weighted lengths cost no sorting and no memory. Bins keep the mean of
// what is in them, so that lengths that are all the same come back exactly.
class LengthHistogram {
 public:
  // What is no number counts as 0, what is longer than six weeks as that.
  void add(float hours, float weight);
  void add(const LengthHistogram& other, float factor);
  void scale(float by);

  float weight() const;
  // Of each level the mean of its bin, to the second; in order, 0 or more. Without any weight, 0.
  Quantiles quantiles() const;

 private:
  static constexpr std::size_t bins = 256;
  std::array<float, bins> weights_{};
  std::array<float, bins> sums_{};  // of weighted hours
};

}  // namespace deskloom::predict
