#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <vector>

#include "predict/quantiles.hpp"

// Several experts' quantiles become one forecast: at each level their average with weights that were learnt,
// so that it is no worse than the best of them on what was learnt from. An expert may be anything that makes
// quantiles: a network too.
namespace deskloom::predict {

// Weights are shared by the hours ahead within a band: up to, not with, these.
inline constexpr std::array<std::size_t, 5> band_ends_h{2, 6, 12, 24, 168};
std::size_t band_of(std::size_t hours_ahead);

// What is learnt: plain numbers, to be stored as they are.
struct QuantileMixture {
  using Levels = std::array<float, quantile_levels.size()>;

  std::size_t experts = 0;
  std::vector<Levels> weights;  // of each expert in each band; over experts they sum up to 1
  // What is added to upper quantiles, as shares of the spread between the lowest and the 0.9 one.
  std::array<Levels, band_ends_h.size()> corrections{};

  // Equal weights.
  static QuantileMixture untrained(std::size_t experts);

  Levels& weights_of(std::size_t band, std::size_t expert) { return weights[band * experts + expert]; }
  const Levels& weights_of(std::size_t band, std::size_t expert) const {
    return weights[band * experts + expert];
  }
  // forecasts: of the first expert for all hours ahead, then of the next. least_spread: what counts as spread
  // at least, in the unit of the amounts.
  void mix(std::span<const Quantiles> forecasts, float least_spread, std::span<Quantiles> ahead) const;
};

float spread_of(const Quantiles& quantiles, float least_spread);

// Learns weights that minimise the pinball loss, by exponentiated gradients (Kivinen, Warmuth: Exponentiated
// gradient versus gradient descent for linear predictors, Information and Computation 1997), averaged over
// the later steps. Neighbouring levels share theirs.
class MixtureLearner {
 public:
  explicit MixtureLearner(std::size_t experts);

  // One hour's amount, and what each expert had said. weight: of its loss; more than 0.
  void add(std::size_t hours_ahead, std::span<const Quantiles> by_expert, float actual, float weight);
  // Bands about which nothing is known have equal weights.
  QuantileMixture learn() const;

 private:
  struct Band {
    std::vector<std::vector<float>> forecasts;  // columns: level by level, expert by expert
    std::vector<float> actuals, weights;
  };
  std::vector<double> learn_levels(const Band& band, std::size_t first, std::size_t last) const;
  std::vector<double> gradient(const Band& band, std::size_t level, std::span<const double> weights) const;

  std::size_t experts_;
  std::array<Band, band_ends_h.size()> bands_;
};

// Corrections that make upper quantiles hold as often as they say: split conformal prediction (Romano,
// Patterson, Candès: Conformalized quantile regression, NeurIPS 2019), from forecasts of a mixture that did
// not learn from them.
class MixtureCalibration {
 public:
  void add(std::size_t hours_ahead, const Quantiles& forecast, float least_spread, float actual);
  // Leaves bands alone about which too little is known.
  void correct(QuantileMixture& mixture) const;

 private:
  std::array<std::array<std::vector<float>, quantile_levels.size()>, band_ends_h.size()> excesses_;
};

}  // namespace deskloom::predict
