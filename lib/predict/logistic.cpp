#include "predict/logistic.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace deskloom::predict {
namespace {

constexpr int most_steps = 25;
constexpr double least_step = 1e-4, enough = 1e-7;
constexpr double least_curvature = 1e-9, constant_ridge = 1e-6;
constexpr double rare = 1e-3;

double sigmoid(double z) { return 1 / (1 + std::exp(-std::clamp(z, -30.0, 30.0))); }
double softplus(double z) { return std::max(z, 0.0) + std::log1p(std::exp(-std::abs(z))); }

double product(std::span<const double> weights, std::span<const float> row) {
  return std::transform_reduce(weights.begin(), weights.end(), row.begin(), 0.0);
}

using Vector = std::vector<double>;

// Symmetric, positive definite: by Cholesky's factors, in place.
Vector solve(Vector matrix, Vector right) {
  const std::size_t n = right.size();
  const auto at = [&](std::size_t i, std::size_t j) -> double& { return matrix[i * n + j]; };
  for (std::size_t j = 0; j < n; ++j) {
    for (std::size_t k = 0; k < j; ++k) at(j, j) -= at(j, k) * at(j, k);
    at(j, j) = std::sqrt(std::max(at(j, j), least_curvature));
    for (std::size_t i = j + 1; i < n; ++i) {
      for (std::size_t k = 0; k < j; ++k) at(i, j) -= at(i, k) * at(j, k);
      at(i, j) /= at(j, j);
    }
  }
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t k = 0; k < i; ++k) right[i] -= at(i, k) * right[k];
    right[i] /= at(i, i);
  }
  for (std::size_t i = n; i-- > 0;) {
    for (std::size_t k = i + 1; k < n; ++k) right[i] -= at(k, i) * right[k];
    right[i] /= at(i, i);
  }
  return right;
}

class Fit {
 public:
  Fit(const Examples& examples, double ridge, std::span<const double> usual)
      : examples_(examples), ridge_(ridge), usual_(usual.begin(), usual.end()) {
    usual_.resize(examples.width);
  }

  Vector run() const {
    Vector weights = usual_;
    weights[0] = start();
    double current = loss(weights);
    for (int step = 0; step < most_steps; ++step) {
      const Vector direction = newton_step(weights);
      const auto [next, next_loss] = halved(weights, direction, current);
      if (next.empty()) break;
      weights = next;
      if (current - next_loss < enough * current) break;
      current = next_loss;
    }
    return weights;
  }

 private:
  double penalty(std::size_t feature) const { return feature == 0 ? constant_ridge : ridge_; }

  double start() const {
    double all = 0, true_ones = 0;
    for (std::size_t i = 0; i < examples_.size(); ++i) {
      all += examples_.weights[i];
      if (examples_.outcomes[i] != 0) true_ones += examples_.weights[i];
    }
    const double share = all > 0 ? std::clamp(true_ones / all, rare * rare, 1 - rare) : rare;
    return std::log(share / (1 - share));
  }

  double loss(const Vector& weights) const {
    double loss = 0;
    for (std::size_t i = 0; i < examples_.size(); ++i) {
      const double z = product(weights, examples_.row(i));
      loss += examples_.weights[i] * (softplus(z) - (examples_.outcomes[i] != 0 ? z : 0));
    }
    for (std::size_t k = 1; k < weights.size(); ++k) loss += ridge_ / 2 * std::pow(weights[k] - usual_[k], 2);
    return loss;
  }

  Vector newton_step(const Vector& weights) const {
    const std::size_t n = weights.size();
    Vector gradient(n), curvature(n * n);
    for (std::size_t i = 0; i < examples_.size(); ++i) {
      const auto row = examples_.row(i);
      const double p = sigmoid(product(weights, row));
      const double error = examples_.weights[i] * (p - (examples_.outcomes[i] != 0 ? 1 : 0));
      const double bend = std::max(examples_.weights[i] * p * (1 - p), least_curvature);
      for (std::size_t a = 0; a < n; ++a) {
        if (row[a] == 0) continue;
        gradient[a] += error * row[a];
        for (std::size_t b = 0; b <= a; ++b) curvature[a * n + b] += bend * row[a] * row[b];
      }
    }
    for (std::size_t k = 0; k < n; ++k) {
      gradient[k] += penalty(k) * (weights[k] - (k == 0 ? 0 : usual_[k]));
      curvature[k * n + k] += penalty(k);
    }
    return solve(std::move(curvature), std::move(gradient));
  }

  // The first of ever shorter steps that makes it better; empty when none does.
  std::pair<Vector, double> halved(const Vector& weights, const Vector& direction, double current) const {
    for (double length = 1; length > least_step; length /= 2) {
      Vector next = weights;
      for (std::size_t k = 0; k < next.size(); ++k) next[k] -= length * direction[k];
      const double next_loss = loss(next);
      if (next_loss < current) return {std::move(next), next_loss};
    }
    return {};
  }

  const Examples& examples_;
  double ridge_;
  Vector usual_;
};

}  // namespace

std::vector<double> fit_logistic(const Examples& examples, double ridge, std::span<const double> usual) {
  return Fit(examples, ridge, usual).run();
}

double logistic(std::span<const double> weights, std::span<const float> features) {
  return sigmoid(product(weights, features));
}

}  // namespace deskloom::predict
