#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace deskloom::predict {

// Rows of features, each with the amount that came.
struct AmountExamples {
  std::size_t width = 0;
  std::vector<float> features;  // row after row
  std::vector<float> amounts;   // finite, at least 0

  std::size_t size() const { return amounts.size(); }
  std::span<const float> row(std::size_t number) const {
    return std::span(features).subspan(number * width, width);
  }
  void add(std::span<const float> row, float amount);
};

// What is thought of a feature's weight before anything was seen, and how many arrivals it takes to doubt it.
struct WeightPrior {
  float weight = 0;
  float strength = 0;
};

// Weights of a regression of amounts with a logarithmic link, each pulled towards its prior, by Fisher
// scoring. The variance is taken to be mean + dispersion * mean², so that busy hours do not outweigh all
// others (McCullagh, Nelder: Generalized Linear Models, 2nd ed., 9.2). No examples: the priors' weights.
std::vector<float> fit_amounts(const AmountExamples& examples, std::span<const WeightPrior> priors,
                               double dispersion);

// What the weights expect; within 1e-4 and 1e6.
double expected_amount(std::span<const float> weights, std::span<const float> features);

}  // namespace deskloom::predict
