#include "operation/usage_source.hpp"

#include <unordered_map>

#include "base/error.hpp"
#include "history/calendars.hpp"
#include "ingest/time_text.hpp"

namespace deskloom::operation {

std::map<std::string, predict::Person> people_in(const state::Users& users) {
  std::map<std::string, predict::Person> people;
  for (const domain::User& user : users.list()) {
    if (user.role || user.department)
      people[user.name] = {user.role.value_or(""), user.department.value_or("")};
  }
  return people;
}

Consents consents_in(const state::Users& users) {
  Consents consents;
  for (const domain::User& user : users.list()) {
    if (user.calendar_consent) consents.calendar.insert(user.name);
    if (user.location_consent) consents.location.insert(user.name);
  }
  return consents;
}

predict::TimeGrid grid_of(const UsageSource& source, base::Timestamp from, base::Timestamp until) {
  predict::TimeGrid grid(source.zone, from, until);
  ingest::TimeReader times(source.zone);
  for (const std::string& span : source.policy.forecast.excluded) {
    const std::size_t slash = span.find('/');
    if (slash == std::string::npos) {
      throw base::Error(base::ErrorKind::usage, "[forecast] excluded: '" + span + "' is no span of time",
                        "write FROM/UNTIL, such as 2026-02-03T08:00Z/2026-02-04T12:00Z");
    }
    grid.exclude(base::to_seconds(times.read(span.substr(0, slash))),
                 base::to_seconds(times.read(span.substr(slash + 1))));
  }
  return grid;
}

predict::Calendars calendars_of(const UsageSource& source, const std::vector<std::string>& users,
                                base::Timestamp from, base::Timestamp until) {
  std::unordered_map<std::string, std::size_t> numbers;
  for (std::size_t number = 0; number < users.size(); ++number)
    if (source.consents.calendar.contains(users[number])) numbers.emplace(users[number], number);
  predict::Calendars calendars;
  calendars.users.resize(users.size());
  history::each_calendar_span(source.history, from, until,
                              [&](const std::optional<std::string>& user, const history::CalendarSpan& span) {
                                const predict::CalendarMark mark{base::to_seconds(span.begin),
                                                                 base::to_seconds(span.end), span.event,
                                                                 span.is_all_day, span.is_free};
                                if (!user) return calendars.everybody.push_back(mark);
                                if (const auto found = numbers.find(*user); found != numbers.end())
                                  calendars.users[found->second].push_back(mark);
                              });
  return calendars;
}

}  // namespace deskloom::operation
