#pragma once

#include <span>
#include <string_view>

#include "predict/resource/window.hpp"

namespace deskloom::predict {

// One way to forecast an amount, from an entity's own past. Each makes quantiles in order, 0 or more, also
// when little is known; the window must know one hour at least.
struct ResourceExpert {
  std::string_view name;
  // ahead: of the origin's hour and those after it; at most most_hours_ahead.
  void (*forecast)(const ResourceWindow& window, std::span<Quantiles> ahead);
};

// All of them, in the order in which models weigh them:
//   analogs        what followed when the last hours were like these, about this time of day (nearest
//                  neighbours: Lora et al.: Electricity market price forecasting based on weighted nearest
//                  neighbors techniques, IEEE Trans. Power Systems 2007; as quantiles: Meinshausen: Quantile
//                  regression forests, JMLR 2006)
//   analog-changes how it changed then, added to what it is now
//   day-changes    how it changed from this time of day on, on each day (persistence)
//   time-of-day    amounts at the same time, on days of the same kind, the last ones more
//   recent         amounts of the last days, at whatever time
std::span<const ResourceExpert> resource_experts();

}  // namespace deskloom::predict
