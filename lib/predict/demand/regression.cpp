#include "predict/demand/regression.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace deskloom::predict {
namespace {

constexpr int most_steps = 30;
constexpr double longest_step = 1, settled = 1e-5;  // in any weight
constexpr double least_logarithm = -9.2, most_logarithm = 13.8;

using Vector = std::vector<double>;

// Solves the symmetric, positive definite system by Cholesky's decomposition, in place.
Vector solve(Vector matrix, Vector right) {
  const std::size_t n = right.size();
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j <= i; ++j) {
      double sum = matrix[i * n + j];
      for (std::size_t k = 0; k < j; ++k) sum -= matrix[i * n + k] * matrix[j * n + k];
      matrix[i * n + j] = i == j ? std::sqrt(sum) : sum / matrix[j * n + j];
    }
    for (std::size_t k = 0; k < i; ++k) right[i] -= matrix[i * n + k] * right[k];
    right[i] /= matrix[i * n + i];
  }
  for (std::size_t i = n; i-- > 0;) {
    for (std::size_t k = i + 1; k < n; ++k) right[i] -= matrix[k * n + i] * right[k];
    right[i] /= matrix[i * n + i];
  }
  return right;
}

class Scoring {
 public:
  Scoring(const AmountExamples& examples, std::span<const WeightPrior> priors, double dispersion)
      : examples_(examples), priors_(priors), dispersion_(dispersion) {
    for (const WeightPrior& prior : priors) weights_.push_back(prior.weight);
  }

  std::vector<float> run() {
    for (int step = 0; step < most_steps && improve() > settled; ++step) continue;
    return weights_;
  }

 private:
  // One step; returns by how much the weight changed that changed most.
  double improve() {
    const std::size_t n = priors_.size();
    information_.assign(n * n, 0);
    Vector gradient(n, 0);
    for (std::size_t i = 0; i < n; ++i) {
      information_[i * n + i] = priors_[i].strength;
      gradient[i] = static_cast<double>(priors_[i].strength) * (priors_[i].weight - weights_[i]);
    }
    for (std::size_t row = 0; row < examples_.size(); ++row) add(row, gradient);
    const Vector change = solve(information_, std::move(gradient));
    double most = 0;
    for (const double each : change) most = std::max(most, std::abs(each));
    const double length = most > longest_step ? longest_step / most : 1;
    for (std::size_t i = 0; i < n; ++i) weights_[i] += static_cast<float>(length * change[i]);
    return most;
  }

  void add(std::size_t number, Vector& gradient) {
    const std::span<const float> row = examples_.row(number);
    const double mean = expected_amount(weights_, row), weight = 1 / (1 + dispersion_ * mean);
    const double missing = weight * (static_cast<double>(examples_.amounts[number]) - mean);
    for (std::size_t i = 0; i < row.size(); ++i) {
      const double feature = row[i];
      if (feature == 0) continue;
      gradient[i] += missing * feature;
      for (std::size_t j = 0; j <= i; ++j)
        information_[i * row.size() + j] += weight * mean * feature * static_cast<double>(row[j]);
    }
  }

  const AmountExamples& examples_;
  std::span<const WeightPrior> priors_;
  double dispersion_;
  std::vector<float> weights_;
  Vector information_;  // its lower half
};

}  // namespace

void AmountExamples::add(std::span<const float> row, float amount) {
  features.insert(features.end(), row.begin(), row.end());
  amounts.push_back(amount);
}

std::vector<float> fit_amounts(const AmountExamples& examples, std::span<const WeightPrior> priors,
                               double dispersion) {
  return Scoring(examples, priors, dispersion).run();
}

double expected_amount(std::span<const float> weights, std::span<const float> features) {
  const double logarithm = std::inner_product(weights.begin(), weights.end(), features.begin(), 0.0);
  return std::exp(std::clamp(logarithm, least_logarithm, most_logarithm));
}

}  // namespace deskloom::predict
