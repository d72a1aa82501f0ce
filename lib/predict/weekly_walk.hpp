#pragma once

#include <functional>
#include <vector>

#include "predict/connect/features.hpp"

namespace deskloom::predict {

// Habits have so long to settle before anything is learnt from them.
inline constexpr std::int64_t settling_slots = 6 * slots_per_week;

// The slots [first, last) of a week as they are gone through: habits are those of the weeks before.
struct WalkedWeek {
  std::int64_t first, last;
  const HabitRates& of_all;
  const std::vector<HabitRates>& rates;  // of each user
  const std::vector<UserWeek>& users;
  const Turnout& turnout;  // up to last
};

// Visits the weeks of the grid in their order. after: how many slots behind the week can be looked at, to
// learn what came.
void each_week(const TimeGrid& grid, const std::vector<UserSessions>& users, const ConnectOptions& options,
               std::int64_t after, const std::function<void(const WalkedWeek& week)>& visit);

}  // namespace deskloom::predict
