#pragma once

#include <cstddef>
#include <limits>

namespace deskloom::predict {

// How well choices among many were foretold. NaN when there were none.
struct ChoiceScores {
  std::size_t count = 0;
  double log_loss = 0;  // natural logarithm, probabilities not below 1e-6
  double first = 0;     // how often the likeliest came true
  double among_three = 0;
};

// Sums up forecasts one by one.
class ChoiceScorer {
 public:
  // of_truth: the probability of what came true. likelier: how many others had a higher one, or unranked when
  // it was not told apart from others.
  static constexpr std::size_t unranked = std::numeric_limits<std::size_t>::max();
  void add(double of_truth, std::size_t likelier);
  ChoiceScores scores() const;

 private:
  std::size_t count_ = 0, first_ = 0, among_three_ = 0;
  double loss_ = 0;
};

}  // namespace deskloom::predict
