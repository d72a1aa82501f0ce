#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "plan/arrivals.hpp"

namespace deskloom::plan {

// How long it takes until a desktop serves, in seconds.
struct PoolTimes {
  double provision_s = 0;      // half of the ghosts are there by then
  double provision_p90_s = 0;  // nine in ten
  double stitch_s = 0;         // from a ghost to a user's desktop
  double inflate_s = 0;        // from their shadow
};

// How many instances users have at once in a step.
struct ForetoldUse {
  int median = 0;
  int high = 0;  // not exceeded with the probability that served_percent says
};

// What the size of a pool follows from, beside its situation. Money is of any one currency.
struct PoolOutlook {
  base::Timestamp now;
  ArrivalForecast arrivals;
  PoolTimes times;
  int parallel = 1;  // provisioned at once
  int served_percent = 95;
  int max_shadows = 0;
  // How long sessions last, as a rule, and how long an instance is kept after its user has left.
  std::chrono::seconds session{0}, grace{0};
  // When instances in use are reclaimed whose users have left, unless these come back.
  std::vector<base::Timestamp> graces_end;
  double wait_per_min = 0;           // for each user who waits
  std::vector<double> idle_per_min;  // of a ghost in each step from now on: there are so many steps
  std::vector<int> scheduled;        // ghosts at least, as each of them begins
  std::vector<ForetoldUse> in_use;   // in each of the first steps, as far as that is foretold
  // That a ghost is taken away by its host within the hour: of those that are warm where it is above 0, and
  // of a new one; and the same of shadows.
  std::map<std::string, double> evictions_per_hour;
  double new_evictions_per_hour = 0;
  std::vector<double> shadow_evictions_per_hour;
};

// Until when an instance is held that a user has, or gets now.
inline base::Timestamp held_until(const PoolOutlook& outlook) {
  return outlook.now + outlook.session + outlook.grace;
}

// Steps of a plan: the first from now on, the others from the next quarters of an hour, so that every plan
// weighs the same times.
using StepLength = std::chrono::duration<std::int64_t, std::ratio<900>>;
inline constexpr StepLength step_length{1};

inline base::Timestamp step_begin(base::Timestamp now, std::size_t step) {
  if (step == 0) return now;
  return std::chrono::floor<StepLength>(now) + StepLength(static_cast<std::int64_t>(step));
}

}  // namespace deskloom::plan
