#pragma once

#include <functional>
#include <span>
#include <vector>

#include "base/time_zone.hpp"
#include "predict/application/features.hpp"

namespace deskloom::predict {

// The hour of the day by the clock on the wall, 0 to 23.
int local_hour(const base::TimeZone& zone, std::int64_t time_s);

// A launch that is to be foretold. A session's first one is when it begins, and a later one when the one
// before it was made.
struct ApplicationTarget {
  std::size_t user = 0;
  ApplicationMoment moment;
  ApplicationId application = 0;  // what came true
  // When a session begins, what was started in it; else empty.
  std::span<const ApplicationLaunch> session;
  std::int64_t time_s = 0;  // of the launch
};

bool is_used(const ApplicationTarget& session, ApplicationId application);

// Visits the launches of all users in the order of time, each before the memory knows of it.
void each_application(const base::TimeZone& zone, const std::vector<UserLaunches>& users,
                      std::int64_t until_s,
                      const std::function<void(const ApplicationMemory&, const ApplicationTarget&)>& visit);

}  // namespace deskloom::predict
