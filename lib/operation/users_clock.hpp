#pragma once

#include "base/time_zone.hpp"
#include "policy/policy.hpp"

namespace deskloom::operation {

// The clock on the wall that users live by. Throws Error(usage) when policy names one that there is not.
inline base::TimeZone users_clock(const policy::Policy& policy) {
  return policy.time_zone ? base::TimeZone(*policy.time_zone) : base::TimeZone::of_machine();
}

}  // namespace deskloom::operation
