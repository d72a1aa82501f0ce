#include "ingest/ical/series.hpp"

namespace deskloom::ingest::ical {
namespace {

using std::chrono::days;
using std::chrono::seconds;

icalproperty* required(const Event& event, icalproperty_kind kind, const char* name) {
  auto* property = icalcomponent_get_first_property(event.component, kind);
  if (property == nullptr) fail_line(event.line, std::string("begins an event without ") + name);
  return property;
}

}  // namespace

std::vector<icalproperty*> properties_of(icalcomponent* component, icalproperty_kind kind) {
  std::vector<icalproperty*> properties;
  for (auto* property = icalcomponent_get_first_property(component, kind); property != nullptr;
       property = icalcomponent_get_next_property(component, kind))
    properties.push_back(property);
  return properties;
}

Series::Series(const Event& event, const base::TimeZone& floating)
    : event_(event),
      floating_(floating),
      start_property_(required(event, ICAL_DTSTART_PROPERTY, "DTSTART")),
      begin_(start_property_, event, floating),
      start_(icalproperty_get_dtstart(start_property_)) {
  read_end();
  read_recurrence_id();
  read_exclusions();
}

std::string Series::uid() const {
  const char* uid = icalcomponent_get_uid(event_.component);
  return uid == nullptr ? "line " + std::to_string(event_.line) : uid;
}

void Series::read_end() {
  const bool is_date = start_.is_date != 0;
  if (auto* end = icalcomponent_get_first_property(event_.component, ICAL_DTEND_PROPERTY)) {
    const auto time = icalproperty_get_dtend(end);
    duration_ = std::chrono::floor<seconds>(Moments(end, event_, floating_).utc(time) - begin());
    if (is_date && time.is_date != 0) whole_days_ = date_of(time) - date_of(start_);
  } else if (auto* length = icalcomponent_get_first_property(event_.component, ICAL_DURATION_PROPERTY)) {
    duration_ = seconds(icaldurationtype_as_int(icalproperty_get_duration(length)));
    if (is_date) whole_days_ = std::chrono::floor<days>(duration_);
  } else if (is_date) {
    whole_days_ = days(1);
  }
  if (duration_ < seconds(0)) fail_line(event_.line, "begins an event that ends before it begins");
}

void Series::read_recurrence_id() {
  auto* property = icalcomponent_get_first_property(event_.component, ICAL_RECURRENCEID_PROPERTY);
  if (property == nullptr) return;
  recurrence_id_ = Moments(property, event_, floating_).utc(icalproperty_get_recurrenceid(property));
  auto* range = icalproperty_get_first_parameter(property, ICAL_RANGE_PARAMETER);
  is_for_all_later_ = range != nullptr && icalparameter_get_range(range) == ICAL_RANGE_THISANDFUTURE;
}

void Series::read_exclusions() {
  for (auto* property : properties_of(event_.component, ICAL_EXDATE_PROPERTY)) {
    const auto time = icalproperty_get_exdate(property);
    if (time.is_date != 0) {
      excluded_days_.insert(date_of(time));
    } else {
      excluded_.insert(Moments(property, event_, floating_).utc(time));
    }
  }
}

bool Series::is_excluded(base::Timestamp begin) const {
  if (excluded_.contains(begin)) return true;
  return !excluded_days_.empty() && excluded_days_.contains(std::chrono::floor<days>(floating_.local(begin)));
}

CalendarSpan Series::span_at(base::Timestamp begin) const {
  const bool is_all_day = start_.is_date != 0;
  auto* shown = icalcomponent_get_first_property(event_.component, ICAL_TRANSP_PROPERTY);
  const auto transparency = shown == nullptr ? ICAL_TRANSP_OPAQUE : icalproperty_get_transp(shown);
  CalendarSpan span;
  span.begin = begin;
  // Whole days end at midnight, also when a day has 23 hours.
  span.end = is_all_day ? floating_.utc(floating_.local(begin) + whole_days_) : begin + duration_;
  span.uid = uid();
  span.is_all_day = is_all_day;
  span.is_free = transparency == ICAL_TRANSP_TRANSPARENT || transparency == ICAL_TRANSP_TRANSPARENTNOCONFLICT;
  return span;
}

}  // namespace deskloom::ingest::ical
