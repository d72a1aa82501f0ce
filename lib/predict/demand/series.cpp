#include "predict/demand/series.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace deskloom::predict {
namespace {

constexpr std::size_t slots_per_hour = 4;
constexpr std::int64_t hour_s = 3600;
constexpr std::int16_t first_weekend_hour = 5 * hours_per_day;

std::size_t whole_hours(const TimeGrid& grid) {
  return static_cast<std::size_t>(grid.slots()) / slots_per_hour;
}

bool is_holiday(const DemandSeries& series, std::size_t hour) {
  return hour < series.holidays.size() && series.holidays[hour] != 0;
}

bool is_off(const DemandSeries& series, std::size_t hour) {
  return is_holiday(series, hour) ||
         (hour < series.hours_of_week.size() && series.hours_of_week[hour] >= first_weekend_hour);
}

}  // namespace

DayKind kind_of_day(const DemandSeries& series, std::size_t hour) {
  if (is_holiday(series, hour)) return DayKind::holiday;
  if (hour < hours_per_day || is_off(series, hour)) return DayKind::ordinary;
  const std::size_t before = hour - hours_per_day, after = hour + hours_per_day;
  const bool between = is_off(series, before) && is_off(series, after) &&
                       (is_holiday(series, before) || is_holiday(series, after));
  return between ? DayKind::bridge : DayKind::ordinary;
}

float known_or_nan(const std::vector<float>& values, std::size_t at) {
  const bool known = at < values.size() && std::isfinite(values[at]) && values[at] >= 0;
  return known ? values[at] : std::numeric_limits<float>::quiet_NaN();
}

std::vector<float> arrivals_per_slot(const TimeGrid& grid, const std::vector<UserSessions>& users) {
  std::vector<float> arrivals(static_cast<std::size_t>(grid.slots()));
  for (const UserSessions& user : users) {
    for (const domain::Session& session : user.sessions) {
      const std::int64_t slot = grid.slot_of(session.begin_s);
      if (slot >= 0 && slot < grid.slots()) ++arrivals[static_cast<std::size_t>(slot)];
    }
  }
  return arrivals;
}

std::vector<float> arrivals_per_hour(const std::vector<float>& per_slot) {
  std::vector<float> hourly;
  for (auto slot = per_slot.begin(); per_slot.end() - slot >= static_cast<std::ptrdiff_t>(slots_per_hour);
       slot += slots_per_hour)
    hourly.push_back(std::reduce(slot, slot + slots_per_hour));
  return hourly;
}

std::vector<float> concurrent_per_hour(const TimeGrid& grid, const std::vector<UserSessions>& users) {
  std::vector<double> in_session_s(whole_hours(grid));
  const auto hour_begin_s = [&](std::size_t hour) {
    return grid.begin_s() + static_cast<std::int64_t>(hour) * hour_s;
  };
  for (const UserSessions& user : users) {
    for (const domain::Session& session : user.sessions) {
      const std::int64_t from = std::max(session.begin_s, grid.begin_s());
      auto hour = static_cast<std::size_t>((from - grid.begin_s()) / hour_s);
      for (; hour < in_session_s.size() && hour_begin_s(hour) < session.end_s; ++hour) {
        const std::int64_t until = std::min(session.end_s, hour_begin_s(hour + 1));
        in_session_s[hour] += static_cast<double>(until - std::max(from, hour_begin_s(hour)));
      }
    }
  }
  std::vector<float> means;
  for (const double seconds : in_session_s) means.push_back(static_cast<float>(seconds / hour_s));
  return means;
}

std::vector<std::int16_t> hours_of_week(const TimeGrid& grid) {
  std::vector<std::int16_t> hours;
  for (std::size_t hour = 0; hour < whole_hours(grid); ++hour) {
    const int quarter = grid.hour_of_week(static_cast<std::int64_t>(hour * slots_per_hour));
    hours.push_back(static_cast<std::int16_t>(quarter / static_cast<int>(slots_per_hour)));
  }
  return hours;
}

}  // namespace deskloom::predict
