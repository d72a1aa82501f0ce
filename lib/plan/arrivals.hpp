#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "plan/count_distribution.hpp"

namespace deskloom::plan {

// A user whom a pool serves, and when they come.
struct ForetoldUser {
  std::string user;
  std::vector<float> connects;  // probability that a session begins in each quarter of an hour
  // When the instance is reclaimed that they have: until then they need no other. Unset: they have none.
  std::optional<base::Timestamp> held_until{};
  bool has_persona = true;  // captured: without, a shadow would be a ghost
};

// What is foretold of who comes to a pool; both may be empty.
struct ArrivalForecast {
  base::Timestamp hours_begin;
  std::vector<HourArrivals> hours;
  base::Timestamp slots_begin;  // of users
  std::vector<ForetoldUser> users;
};

inline constexpr std::chrono::minutes slot_length{15};

struct TimeSpan {
  base::Timestamp from, until;
};

// The probability that a session of the user begins in the span; none outside of the foretold slots.
double chance_to_come(const ArrivalForecast& forecast, const ForetoldUser& user, const TimeSpan& span);

// Until when the pool's hours are foretold, or else its users; nullopt: neither is.
std::optional<base::Timestamp> foretold_until(const ArrivalForecast& forecast);

// How many come in the span beside the users that are left out. By the hours where they are foretold: each
// counts as far as the span reaches into it, hours are taken to be independent, and users leave with their
// share of those expected. Else by the users one by one.
// chances: of the forecast's users to come in the span; is_left_out: beside them.
CountDistribution arrivals_in(const ArrivalForecast& forecast, const TimeSpan& span,
                              const std::vector<double>& chances, const std::vector<bool>& is_left_out);

}  // namespace deskloom::plan
