#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "predict/connect/features.hpp"
#include "predict/cost/curve.hpp"
#include "predict/demand/slots.hpp"
#include "predict/folds.hpp"

// A pool that users share has so many desktops ready when a slot begins. Unmet is the share of arrivals
// beyond that; idle are those beyond the arrivals, for the whole slot.
namespace deskloom::predict {

// Sums up slots at several settings of a rule.
class ReadyCost {
 public:
  explicit ReadyCost(std::vector<double> settings);

  // ready: at each setting.
  void add(std::span<const double> ready, double arrived);
  std::vector<CostPoint> points() const;
  std::span<const double> settings() const { return settings_; }

 private:
  std::vector<double> settings_, idle_, unmet_;
  double arrived_ = 0;
};

// Of forecasts: ready is what suffices with the probability of the setting.
std::vector<CostPoint> ready_cost(std::span<const SlotForecast> forecasts,
                                  const std::vector<float>& arrivals);

// How many users' own habits let expect in each slot of the grid.
std::vector<float> arrivals_by_habit(const TimeGrid& grid, const std::vector<UserSessions>& users,
                                     const ConnectOptions& options);

// Simple rules and the model of demand/slots.hpp, which learns before each fold (of slots). Throws
// Error(usage) when less than a week is before the test.
std::vector<CostCurve> shared_pool_costs(const TimeGrid& grid, const SlotArrivals& arrivals,
                                         const Folds& folds);

}  // namespace deskloom::predict
