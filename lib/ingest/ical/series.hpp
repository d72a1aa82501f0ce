#pragma once

#include <optional>
#include <set>

#include "ingest/calendar.hpp"
#include "ingest/ical/moments.hpp"

namespace deskloom::ingest::ical {

// How many repetitions one file may make us look at.
inline constexpr int repetitions_limit = 1'000'000;

// One VEVENT: by itself an event with all that repeats of it, or an override of some of that.
class Series {
 public:
  Series(const Event& event, const base::TimeZone& floating);

  std::string uid() const;
  int sequence() const { return icalcomponent_get_sequence(event_.component); }
  bool is_cancelled() const { return icalcomponent_get_status(event_.component) == ICAL_STATUS_CANCELLED; }
  std::uint64_t line() const { return event_.line; }
  // Which occurrence it takes the place of, as that would have begun; nullopt when it is no override.
  std::optional<base::Timestamp> recurrence_id() const { return recurrence_id_; }
  bool is_for_all_later() const { return is_for_all_later_; }
  base::Timestamp begin() const { return begin_.utc(start_); }

  // visit(begin) with each occurrence, without those that EXDATE excludes, up to until; in no order, some
  // perhaps twice. budget: of repetitions that are looked at; throws Error(usage) when it is used up.
  template <typename Visit>
  void each(base::Timestamp until, int& budget, const Visit& visit) const;
  // This occurrence, which begins then.
  CalendarSpan span_at(base::Timestamp begin) const;

 private:
  void read_end();
  void read_recurrence_id();
  bool is_excluded(base::Timestamp begin) const;
  void read_exclusions();
  template <typename Visit>
  void each_of_rule(icalproperty* rule, base::Timestamp until, int& budget, const Visit& visit) const;
  template <typename Visit>
  void each_of_date(icalproperty* date, const Visit& visit) const;

  Event event_;
  const base::TimeZone& floating_;
  icalproperty* start_property_;
  Moments begin_;
  icaltimetype start_;
  std::chrono::seconds duration_{0};  // exact, unless whole days are meant
  std::chrono::days whole_days_{0};
  std::optional<base::Timestamp> recurrence_id_;
  bool is_for_all_later_ = false;
  std::set<base::Timestamp> excluded_;
  std::set<std::chrono::local_days> excluded_days_;
};

// A component has but one place where it goes through its properties, so they are gathered first.
std::vector<icalproperty*> properties_of(icalcomponent* component, icalproperty_kind kind);

template <typename Visit>
void Series::each_of_rule(icalproperty* property, base::Timestamp until, int& budget,
                          const Visit& visit) const {
  icalrecurrencetype rule = icalproperty_get_rrule(property);
  // Held against our own clock: libical would compare it with local times.
  std::optional<base::Timestamp> end;
  if (!icaltime_is_null_time(rule.until)) {
    end = rule.until.is_date != 0
              ? floating_.utc(date_of(rule.until) + std::chrono::days(1)) - std::chrono::seconds(1)
              : begin_.utc(rule.until);
    rule.until = icaltime_null_time();
  }
  const Recurrence iterator(icalrecur_iterator_new(rule, start_));
  if (!iterator) fail_line(line(), "begins an event with a rule that cannot be followed");
  for (auto time = icalrecur_iterator_next(iterator.get()); !icaltime_is_null_time(time);
       time = icalrecur_iterator_next(iterator.get())) {
    if (--budget < 0) fail_line(line(), "begins an event that repeats too often");
    const auto begin = begin_.utc(time);
    if (begin >= until || (end && begin > *end)) return;
    visit(begin);
  }
}

template <typename Visit>
void Series::each_of_date(icalproperty* property, const Visit& visit) const {
  const auto date = icalproperty_get_rdate(property);
  const auto& time = icaltime_is_null_time(date.time) ? date.period.start : date.time;
  visit(Moments(property, event_, floating_).utc(time));
}

template <typename Visit>
void Series::each(base::Timestamp until, int& budget, const Visit& visit) const {
  const auto take = [&](base::Timestamp begin) {
    if (begin < until && !is_excluded(begin)) visit(begin);
  };
  take(begin());
  for (auto* rule : properties_of(event_.component, ICAL_RRULE_PROPERTY))
    each_of_rule(rule, until, budget, take);
  for (auto* date : properties_of(event_.component, ICAL_RDATE_PROPERTY)) each_of_date(date, take);
}

}  // namespace deskloom::ingest::ical
