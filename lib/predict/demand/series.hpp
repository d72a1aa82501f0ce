#pragma once

#include <cstdint>
#include <vector>

#include "predict/connect/features.hpp"
#include "predict/demand/smoothing.hpp"
#include "predict/time_grid.hpp"

// A pool's demand: how many sessions begin, and how many users are in session.
namespace deskloom::predict {

// Hour by hour from some hour on. Amounts are there as far as they are recorded; what is known beforehand may
// reach further, and counts as absent (none) where it ends. A value that is negative or not finite is one
// that is not known.
struct DemandSeries {
  std::vector<float> amounts;
  std::vector<std::int16_t> hours_of_week;  // 0 (Monday's first, by the clock on the wall) to 167
  std::vector<char> holidays;               // 1 in the hours of a holiday
  std::vector<float> expected;              // how many arrivals users' own models expect
  std::vector<float> all_hands;             // share of users with a meeting of everybody, 0 to 1
};

// What an hour is to a forecast.
enum class DayKind {
  ordinary,
  holiday,
  bridge,  // between a holiday and a day off
};
DayKind kind_of_day(const DemandSeries& series, std::size_t hour);

// The hour's value, or NaN when it is not known.
float known_or_nan(const std::vector<float>& values, std::size_t at);

// Sessions that begin in each slot of the grid.
std::vector<float> arrivals_per_slot(const TimeGrid& grid, const std::vector<UserSessions>& users);
// The same by the hour, of whole hours.
std::vector<float> arrivals_per_hour(const std::vector<float>& per_slot);
// Mean number of users in session over each whole hour of the grid.
std::vector<float> concurrent_per_hour(const TimeGrid& grid, const std::vector<UserSessions>& users);
std::vector<std::int16_t> hours_of_week(const TimeGrid& grid);

}  // namespace deskloom::predict
