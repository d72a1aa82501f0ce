#include "predict/choice_scores.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace deskloom::predict {
namespace {

constexpr double least_probability = 1e-6;

}  // namespace

void ChoiceScorer::add(double of_truth, std::size_t likelier) {
  constexpr std::size_t three = 3;
  ++count_;
  loss_ -= std::log(std::clamp(of_truth, least_probability, 1.0));
  first_ += likelier == 0 ? 1U : 0U;
  among_three_ += likelier < three ? 1U : 0U;
}

ChoiceScores ChoiceScorer::scores() const {
  constexpr double none = std::numeric_limits<double>::quiet_NaN();
  if (count_ == 0) return {0, none, none, none};
  const auto count = static_cast<double>(count_);
  return {count_, loss_ / count, static_cast<double>(first_) / count,
          static_cast<double>(among_three_) / count};
}

}  // namespace deskloom::predict
