#pragma once

#include <string>
#include <vector>

#include "base/stream.hpp"
#include "base/time_zone.hpp"

namespace deskloom::ingest {

struct CalendarOptions {
  base::TimeZone zone;  // of whole days, and of times that name none ("floating")
  // Only what touches this window is wanted; what repeats has no end.
  base::Timestamp from, until;
};

// One occurrence of an event.
struct CalendarSpan {
  base::Timestamp begin, end;
  std::string uid;  // the same for all that repeat, and in everybody's copy of a meeting
  bool is_all_day = false;
  bool is_free = false;  // it does not take up the time (TRANSP:TRANSPARENT)
};

// Reads iCalendar (RFC 5545): RRULE, RDATE, EXDATE, overrides by RECURRENCE-ID, time zones by VTIMEZONE or as
// the IANA names them. Cancelled events are left out. In the order of their beginnings. Input is untrusted;
// what is malformed, or repeats beyond reason, is Error(usage) that names the line.
std::vector<CalendarSpan> read_calendar(base::ByteSource& source, const CalendarOptions& options);

}  // namespace deskloom::ingest
