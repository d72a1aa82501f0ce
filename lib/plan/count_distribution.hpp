#pragma once

#include <cstddef>
#include <map>
#include <span>
#include <vector>

namespace deskloom::plan {

// How many come, or stay: the probability of each count. What lies beyond all but 1e-9 at either end is left
// out.
class CountDistribution {
 public:
  CountDistribution() : CountDistribution(0, {1}) {}  // nobody
  // chances: of least, least + 1 and so on; they are scaled to a sum of 1.
  CountDistribution(int least, std::vector<double> chances);
  // How many of so many come that each come or do not, independently (Poisson binomial).
  static CountDistribution of_each(std::span<const double> probabilities);

  double mean() const { return mean_; }
  double at_most(int count) const;         // the probability
  double expected_above(int count) const;  // how many more than count, in the mean
  int quantile(double level) const;        // the smallest count that suffices with that probability
  // Of both together, independently.
  CountDistribution operator+(const CountDistribution& other) const;

 private:
  int most() const { return least_ + static_cast<int>(chances_.size()) - 1; }

  int least_ = 0;
  std::vector<double> chances_;
  double mean_ = 0;
};

// The forecast of an amount: with probability level, it is at most that.
struct QuantilePoint {
  double level = 0;
  double amount = 0;
};

// How many come in an hour, by quantiles. Between the levels, the quantiles are taken to rise linearly, and
// beyond them as steeply as beside; an amount that is not whole is one of the two counts beside it, so that
// means stay.
class HourArrivals {
 public:
  // points: by level, which lies between 0 and 1; amounts do not fall.
  explicit HourArrivals(std::span<const QuantilePoint> points);

  double mean() const;
  // Of those who come with that probability, each by himself: in a part of the hour, or of some users.
  CountDistribution thinned(double probability) const;

 private:
  void add_rise(double from, double to, double weight);

  std::map<int, double> chances_;
};

}  // namespace deskloom::plan
