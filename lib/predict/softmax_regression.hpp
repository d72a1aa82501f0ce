#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace deskloom::predict {

// Choices among alternatives, of which each has a row of features and one was taken. How many alternatives
// there are may differ from choice to choice.
struct Choices {
  explicit Choices(std::size_t row_width) : width(row_width) {}

  std::size_t width;
  std::vector<float> features;         // row after row
  std::vector<std::uint32_t> ends{0};  // row behind each choice's last; the first is a sentinel
  std::vector<std::uint32_t> taken;    // row of the choice
  std::vector<float> weights;          // of each choice

  std::size_t size() const { return taken.size(); }
  // rows: of all alternatives.
  void add(std::span<const float> rows, std::size_t taken_row, float weight = 1);
  std::span<const float> rows(std::size_t choice) const {
    return std::span(features).subspan(ends[choice] * width, (ends[choice + 1] - ends[choice]) * width);
  }
};

// Weights of a conditional logit (McFadden: Conditional logit analysis of qualitative choice behavior, 1974)
// with a ridge penalty on how far they go from where they begin; by L-BFGS (Nocedal, Wright: Numerical
// Optimization, 2nd ed., 7.2). No choices: where they begin.
std::vector<float> fit_softmax(const Choices& choices, std::span<const float> begin, double ridge);

// Probabilities of the alternatives; sums to 1. rows: as many as probabilities.
void softmax(std::span<const float> weights, std::span<const float> rows, std::span<float> probabilities);

}  // namespace deskloom::predict
