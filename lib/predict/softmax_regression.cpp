#include "predict/softmax_regression.hpp"

#include <algorithm>
#include <cmath>
#include <deque>
#include <numeric>

namespace deskloom::predict {
namespace {

constexpr int most_steps = 60;
constexpr std::size_t remembered_steps = 8;
constexpr int most_halvings = 20;
constexpr double enough = 1e-6;
constexpr double sufficient_decrease = 1e-4;  // Armijo's condition

using Vector = std::vector<double>;

double product(const Vector& a, const Vector& b) {
  return std::transform_reduce(a.begin(), a.end(), b.begin(), 0.0);
}

Vector moved(const Vector& from, double length, const Vector& direction) {
  Vector to = from;
  for (std::size_t i = 0; i < to.size(); ++i) to[i] += length * direction[i];
  return to;
}

struct Point {
  Vector weights;
  double loss = 0;
  Vector gradient;
};

class Fit {
 public:
  Fit(const Choices& choices, std::span<const float> begin, double ridge)
      : choices_(choices), begin_(begin.begin(), begin.end()), ridge_(ridge) {}

  Vector run() {
    Point current = at(begin_);
    for (int step = 0; step < most_steps; ++step) {
      Point next = search(current, direction(current.gradient));
      if (next.weights.empty()) break;
      remember(current, next);
      const bool settled = current.loss - next.loss < enough * current.loss;
      current = std::move(next);
      if (settled) break;
    }
    return current.weights;
  }

 private:
  struct Step {
    Vector moved, bent;  // of the weights, of the gradient
    double scale = 0;
  };

  Point at(Vector weights) const {
    Point point{std::move(weights), 0, Vector(choices_.width)};
    const std::vector<float> rounded(point.weights.begin(), point.weights.end());
    std::vector<float> probabilities;
    for (std::size_t choice = 0; choice < choices_.size(); ++choice)
      add(choice, rounded, probabilities, point);
    for (std::size_t i = 0; i < choices_.width; ++i) {
      const double distance = point.weights[i] - begin_[i];
      point.loss += ridge_ / 2 * distance * distance;
      point.gradient[i] += ridge_ * distance;
    }
    return point;
  }

  void add(std::size_t choice, std::span<const float> weights, std::vector<float>& probabilities,
           Point& point) const {
    constexpr float least = 1e-30F;
    const auto rows = choices_.rows(choice);
    probabilities.resize(rows.size() / choices_.width);
    softmax(weights, rows, probabilities);
    const std::size_t taken = choices_.taken[choice];
    const float weight = choices_.weights[choice];
    point.loss -= weight * std::log(std::max(probabilities[taken], least));
    for (std::size_t row = 0; row < probabilities.size(); ++row) {
      const float error = weight * (probabilities[row] - (row == taken ? 1.0F : 0.0F));
      const float* features = &rows[row * choices_.width];
      for (std::size_t i = 0; i < choices_.width; ++i) point.gradient[i] += error * features[i];
    }
  }

  // Downhill, bent by the curvature that the last steps have met: the two-loop recursion.
  Vector direction(const Vector& gradient) const {
    Vector way = gradient;
    Vector lengths(steps_.size());
    for (std::size_t i = steps_.size(); i-- > 0;) {
      lengths[i] = steps_[i].scale * product(steps_[i].moved, way);
      way = moved(way, -lengths[i], steps_[i].bent);
    }
    const double scale = steps_.empty()
                             ? 1 / std::max(1.0, std::sqrt(product(gradient, gradient)))
                             : 1 / (steps_.back().scale * product(steps_.back().bent, steps_.back().bent));
    for (double& part : way) part *= -scale;
    for (std::size_t i = 0; i < steps_.size(); ++i)
      way = moved(way, -lengths[i] - steps_[i].scale * product(steps_[i].bent, way), steps_[i].moved);
    return way;
  }

  // The first of ever shorter steps that makes it enough better; without weights when none does.
  Point search(const Point& from, const Vector& direction) const {
    const double slope = product(from.gradient, direction);
    double length = 1;
    for (int halving = 0; halving < most_halvings; ++halving, length /= 2) {
      Point next = at(moved(from.weights, length, direction));
      if (next.loss <= from.loss + sufficient_decrease * length * slope) return next;
    }
    return {};
  }

  void remember(const Point& from, const Point& to) {
    Step step{moved(to.weights, -1, from.weights), moved(to.gradient, -1, from.gradient), 0};
    const double bend = product(step.moved, step.bent);
    if (!(bend > 0)) return;
    step.scale = 1 / bend;
    steps_.push_back(std::move(step));
    if (steps_.size() > remembered_steps) steps_.pop_front();
  }

  const Choices& choices_;
  Vector begin_;
  double ridge_;
  std::deque<Step> steps_;
};

}  // namespace

void Choices::add(std::span<const float> rows, std::size_t taken_row, float weight) {
  features.insert(features.end(), rows.begin(), rows.end());
  ends.push_back(static_cast<std::uint32_t>(features.size() / width));
  taken.push_back(static_cast<std::uint32_t>(taken_row));
  weights.push_back(weight);
}

std::vector<float> fit_softmax(const Choices& choices, std::span<const float> begin, double ridge) {
  const Vector weights = Fit(choices, begin, ridge).run();
  return {weights.begin(), weights.end()};
}

void softmax(std::span<const float> weights, std::span<const float> rows, std::span<float> probabilities) {
  for (std::size_t row = 0; row < probabilities.size(); ++row)
    probabilities[row] =
        std::transform_reduce(weights.begin(), weights.end(), &rows[row * weights.size()], 0.0F);
  const float highest = std::ranges::max(probabilities);
  float sum = 0;
  for (float& p : probabilities) sum += p = std::exp(p - highest);
  for (float& p : probabilities) p /= sum;
}

}  // namespace deskloom::predict
