#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <vector>

// Forecasts of amounts are quantiles at fixed levels: with probability 0.9, what is to come is at most the
// 0.9 one.
namespace deskloom::predict {

inline constexpr std::array<double, 11> quantile_levels{.1, .2, .3, .4, .5, .6, .7, .8, .9, .95, .99};
inline constexpr std::size_t deciles = 9;  // the first so many levels
inline constexpr std::size_t median_level = 4;

using Quantiles = std::array<float, quantile_levels.size()>;

// What a forecast costs at one level (Koenker, Bassett: Regression quantiles, Econometrica 1978).
double pinball_loss(double level, double forecast, double actual);
// The values in order, so that no quantile lies above a higher one (Chernozhukov, Fernández-Val, Galichon:
// Quantile and probability curves without crossing, Econometrica 2010); none below least.
void order_quantiles(Quantiles& quantiles, float least);
// Of a sample, between neighbours linearly. values: in any order, not empty; they are reordered.
Quantiles empirical_quantiles(std::span<float> values);

// How well quantiles foretold amounts.
struct QuantileScores {
  std::size_t count = 0;
  double weighted_loss = 0;     // twice the pinball loss of the nine deciles, over the mean amount
  double weighted_loss_95 = 0;  // of the 0.95 level alone
  double coverage_90 = 0;       // share of amounts that were at most that quantile
  double coverage_95 = 0;
  double absolute_error = 0;  // of the median, mean
  double within_80 = 0;       // share of amounts from the 0.1 quantile to the 0.9 one
  std::array<double, quantile_levels.size()> covered{};  // share at most each quantile
};

// Sums up forecasts one by one.
class QuantileScorer {
 public:
  void add(const Quantiles& forecast, double actual);
  QuantileScores scores() const;  // NaN when there are none

 private:
  std::size_t count_ = 0, within_80_ = 0;
  std::array<std::size_t, quantile_levels.size()> covered_{};
  double amounts_ = 0, errors_ = 0;
  std::array<double, quantile_levels.size()> losses_{};
};

}  // namespace deskloom::predict
