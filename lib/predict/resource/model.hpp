#pragma once

#include <span>
#include <vector>

#include "predict/quantile_mixture.hpp"
#include "predict/resource/experts.hpp"

// Forecasts of what desktops use (SPEC D5), one metric at a time: classical experts look at an entity's own
// last two weeks, and a mixture that was learnt on all entities at once weighs them.
namespace deskloom::predict {

// What is learnt of a metric.
struct ResourceModel {
  QuantileMixture mixture;
  // Of everybody's amounts: what is expected of an entity about which nothing is known.
  Quantiles newcomer{};

  // Experts weigh the same, and nothing is expected of newcomers.
  static ResourceModel untrained();
};

struct ResourceLearning {
  int span_days = 28;          // before `until`, in which forecasts are tried
  std::size_t windows = 8000;  // of entities and origins; of more, evenly many are left out
  double loss_by_level = 0.4;  // losses weigh by the entity's mean amount to the power of minus this: 0 is
                               // by what amounts sum up to, 1 is each entity alike
  int origin_step_h = 24;      // between origins, back from `until`: from multiples of a day on, as
                               // forecasts will be made, or through all hours of the day
};

// Looks at nothing from the hour `until` on. What cannot be learnt for want of data is as in untrained.
// Throws Error(usage) for options out of range.
ResourceModel learn_resource_model(std::span<const HourlyAmounts> entities, const base::TimeZone& zone,
                                   std::int64_t until, const ResourceLearning& options = {});

// Makes forecasts one by one, and keeps the memory that it needs for it. Not for several threads at once.
class ResourceForecaster {
 public:
  // The model must outlive it, and be of resource_experts().
  explicit ResourceForecaster(const ResourceModel& model) : model_(model) {}

  // Quantiles for the origin's hour and each after it, from what was known before it; at most
  // most_hours_ahead. Throws Error(usage) for more.
  void forecast(const ResourceOrigin& origin, const HourlyAmounts& series, std::span<Quantiles> ahead);
  // What the last forecast was made from.
  const ResourceWindow& window() const { return window_; }

 private:
  const ResourceModel& model_;
  ResourceWindow window_;
  std::vector<Quantiles> by_expert_;
};

}  // namespace deskloom::predict
