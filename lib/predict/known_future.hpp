#pragma once

#include <cstdint>
#include <vector>

#include "predict/time_grid.hpp"

namespace deskloom::predict {

// A time that a calendar marks. In seconds since 1970.
struct CalendarMark {
  std::int64_t begin_s = 0, end_s = 0;
  std::int64_t event = 0;  // the same in everybody's copy of a meeting
  bool is_all_day = false;
  bool is_free = false;  // it does not take up the time
};

struct Calendars {
  std::vector<CalendarMark> everybody;           // holidays
  std::vector<std::vector<CalendarMark>> users;  // as the users are listed; may be shorter
};

// What calendars say of each slot: known before it comes.
class KnownFuture {
 public:
  // Of the grid's slots from first on.
  KnownFuture(const TimeGrid& grid, const Calendars& calendars, std::int64_t first = 0);

  bool is_holiday(std::int64_t slot) const { return holidays_[index(slot)] != 0; }
  // The user is away all day, in a meeting, or has one that begins in the slot or the next three.
  bool is_out(std::size_t user, std::int64_t slot) const { return has(user, slot, out); }
  bool is_meeting(std::size_t user, std::int64_t slot) const { return has(user, slot, meeting); }
  bool is_before_meeting(std::size_t user, std::int64_t slot) const { return has(user, slot, soon); }
  // Of those with a calendar, the share who will be at the same meeting that begins in the slot or the next
  // three; 0 for small ones, which are no all-hands.
  float all_hands(std::int64_t slot) const { return all_hands_[index(slot)]; }

 private:
  enum Mark : char { out = 1, meeting = 2, soon = 4 };
  std::size_t index(std::int64_t slot) const { return static_cast<std::size_t>(slot - first_); }
  bool has(std::size_t user, std::int64_t slot, Mark mark) const;
  void mark(std::vector<char>& slots, std::int64_t from, std::int64_t until, char mark) const;
  void count_all_hands(const Calendars& calendars);

  const TimeGrid& grid_;
  std::int64_t first_;
  std::vector<char> holidays_;
  std::vector<std::vector<char>> users_;  // empty for those without a calendar
  std::vector<float> all_hands_;
};

}  // namespace deskloom::predict
