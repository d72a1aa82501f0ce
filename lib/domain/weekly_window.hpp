#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

namespace deskloom::domain {

inline constexpr int minutes_per_day = 24 * 60;

// A set of days of the week: bit 0 is Monday.
using Weekdays = std::uint8_t;
inline constexpr Weekdays every_day = 0x7F;

// Times that come again each week, by the clock on the wall: on each of the days from one minute of the day
// up to, not with, another. One that does not end after it begins ends on the next day.
struct WeeklyWindow {
  Weekdays days = every_day;
  int from_min = 0;
  int until_min = minutes_per_day;

  bool holds_at(std::chrono::local_seconds t) const;
};

// So many ghosts at least while the window holds.
struct ScheduledGhosts {
  WeeklyWindow window;
  int ghosts = 0;
};

// "07:30" to minutes since midnight; up to "24:00". These return nullopt for other text.
std::optional<int> parse_time_of_day(std::string_view text);
// "Mon-Fri", "Sat,Sun", "Fri-Mon", "daily".
std::optional<Weekdays> parse_weekdays(std::string_view text);
// "Mon-Fri 07:30-10:00 12"; at most 10000 ghosts.
std::optional<ScheduledGhosts> parse_scheduled_ghosts(std::string_view text);

}  // namespace deskloom::domain
