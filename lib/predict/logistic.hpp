#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace deskloom::predict {

// Rows of features, each with a weight and whether it came true.
struct Examples {
  std::size_t width = 0;
  std::vector<float> features;  // row after row
  std::vector<float> weights;
  std::vector<char> outcomes;

  std::size_t size() const { return weights.size(); }
  std::span<const float> row(std::size_t number) const {
    return std::span(features).subspan(number * width, width);
  }
};

// Weights of a logistic regression with a ridge penalty on all but the first feature, which is constant; by
// Newton's method with step halving (Hastie, Tibshirani, Friedman: The Elements of Statistical Learning, 2nd
// ed., 4.4.1). Empty examples give the constant of a rare event. usual: the weights that the ridge pulls
// towards, as many as features; without them, 0.
std::vector<double> fit_logistic(const Examples& examples, double ridge = 1,
                                 std::span<const double> usual = {});
double logistic(std::span<const double> weights, std::span<const float> features);

}  // namespace deskloom::predict
