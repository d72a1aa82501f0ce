#pragma once

#include <variant>

#include "base/time_zone.hpp"
#include "ingest/ical/document.hpp"

namespace deskloom::ingest::ical {

// The clock that a property's times are read by: UTC and VTIMEZONEs by libical, names of the IANA and times
// that name no zone by the system's database.
class Moments {
 public:
  // Throws Error(usage) for a zone that is neither defined in the calendar nor known.
  Moments(icalproperty* property, const Event& event, const base::TimeZone& floating);

  // A date is its midnight on the floating clock.
  base::Timestamp utc(const icaltimetype& time) const;

 private:
  const base::TimeZone& floating_;
  std::variant<std::monostate, icaltimezone*, base::TimeZone> zone_;
};

std::chrono::local_days date_of(const icaltimetype& time);

}  // namespace deskloom::ingest::ical
