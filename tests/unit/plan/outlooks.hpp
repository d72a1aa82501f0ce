#pragma once

#include <string>
#include <vector>

#include "plan/pool_outlook.hpp"
#include "plan/pool_situation.hpp"

namespace deskloom::test {

inline const base::Timestamp monday_nine = base::parse_rfc3339("2026-03-02T09:00:00.000Z");

// So many come in an hour: the same at every level, so that it is certain.
inline plan::HourArrivals certain_hour(double amount) {
  const std::vector<plan::QuantilePoint> points{{0.1, amount}, {0.9, amount}};
  return plan::HourArrivals(points);
}

// Six hours from monday_nine on, nothing foretold; a ghost takes a minute to come, a stitch half of one.
inline plan::PoolOutlook quiet_outlook() {
  plan::PoolOutlook outlook;
  outlook.now = monday_nine;
  outlook.arrivals.hours_begin = outlook.arrivals.slots_begin = monday_nine;
  outlook.times = {60, 60, 30, 3};
  outlook.parallel = 100;
  outlook.max_shadows = 10;
  outlook.session = outlook.grace = std::chrono::hours(1);
  outlook.wait_per_min = 1;
  outlook.idle_per_min.assign(24, 0.02);
  outlook.scheduled.assign(24, 0);
  return outlook;
}

inline plan::ForetoldUser user_coming(const std::string& name, float in_each_slot,
                                      std::optional<base::Timestamp> held_until = {}) {
  return {name, std::vector<float>(24, in_each_slot), held_until};
}

inline plan::PoolSituation empty_pool(int floor, int max) {
  plan::PoolSituation situation;
  situation.pool = "office";
  situation.limits = {floor, 0, max};
  return situation;
}

}  // namespace deskloom::test
