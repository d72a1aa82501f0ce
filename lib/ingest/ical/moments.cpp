#include "ingest/ical/moments.hpp"

#include "base/error.hpp"
#include "base/text.hpp"

namespace deskloom::ingest::ical {
namespace {

base::TimeZone named_zone(const std::string& name, const Event& event) try {
  return base::TimeZone(name);
} catch (const base::Error&) {
  fail_line(event.line, "begins an event in time zone '" + base::printable(name) +
                            "', which is neither defined in the calendar nor known");
}

}  // namespace

std::chrono::local_days date_of(const icaltimetype& time) {
  return std::chrono::local_days(std::chrono::year(time.year) / time.month / time.day);
}

Moments::Moments(icalproperty* property, const Event& event, const base::TimeZone& floating)
    : floating_(floating) {
  icalparameter* parameter = icalproperty_get_first_parameter(property, ICAL_TZID_PARAMETER);
  const char* name = parameter == nullptr ? nullptr : icalparameter_get_tzid(parameter);
  if (name == nullptr) return;
  if (auto* defined = icalcomponent_get_timezone(event.calendar, name)) {
    zone_ = defined;
  } else {
    zone_ = named_zone(name, event);
  }
}

base::Timestamp Moments::utc(const icaltimetype& time) const {
  using std::chrono::seconds;
  if (time.is_date != 0) return floating_.utc(date_of(time));
  if (icaltime_is_utc(time)) return base::Timestamp(seconds(icaltime_as_timet(time)));
  if (auto* const* defined = std::get_if<icaltimezone*>(&zone_))
    return base::Timestamp(seconds(icaltime_as_timet_with_zone(time, *defined)));
  const auto* named = std::get_if<base::TimeZone>(&zone_);
  const auto local = date_of(time) + std::chrono::hours(time.hour) + std::chrono::minutes(time.minute) +
                     seconds(time.second);
  return (named ? *named : floating_).utc(local);
}

}  // namespace deskloom::ingest::ical
