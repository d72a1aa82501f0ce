#pragma once

#include <optional>

#include "forecast/forecasts.hpp"
#include "forecast/models.hpp"
#include "operation/usage_source.hpp"

namespace deskloom::operation {

struct ForetellReport {
  forecast::ForecastOf of;
  std::uint64_t users = 0;           // of whom something is foretold
  std::uint64_t inactive_users = 0;  // who have not come for months
  double arrivals = 0;               // expected over the horizon
  double peak_users = 0;             // expected at once, at most
};

// What the model in force says of all users, for policy's horizon from now on, into the forecast tables; what
// was foretold before is replaced. Without a model, habits speak.
ForetellReport foretell(const UsageSource& source, forecast::Store& store, base::Timestamp now);

}  // namespace deskloom::operation
