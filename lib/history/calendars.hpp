#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "history/store.hpp"

namespace deskloom::history {

// A time that a calendar marks.
struct CalendarSpan {
  base::Timestamp begin, end;
  std::int64_t event = 0;  // a token: the same for what repeats, and in everybody's copy of a meeting
  bool is_all_day = false;
  bool is_free = false;  // it does not take up the time
};

struct CalendarChange {
  std::uint64_t added = 0;
  std::uint64_t known = 0;
  std::uint64_t removed = 0;
};

// Puts these in place of all that is known of the calendar. user: nullopt for one that is everybody's
// (holidays). One transaction.
CalendarChange replace_calendar(Store& store, const std::optional<std::string>& user,
                                const std::string& calendar, const std::vector<CalendarSpan>& spans);
// All of a user's, or everybody's, that touch [from, until), by beginning.
std::vector<CalendarSpan> calendar_spans(const Store& store, const std::optional<std::string>& user,
                                         base::Timestamp from, base::Timestamp until);

// Of all users and of everybody (user: nullopt).
void each_calendar_span(
    const Store& store, base::Timestamp from, base::Timestamp until,
    const std::function<void(const std::optional<std::string>& user, const CalendarSpan& span)>& visit);

}  // namespace deskloom::history
