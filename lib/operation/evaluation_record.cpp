#include "operation/evaluation_record.hpp"

#include <algorithm>
#include <map>
#include <unordered_map>

#include "base/error.hpp"
#include "history/launches.hpp"
#include "history/names.hpp"
#include "history/sessions.hpp"
#include "history/visits.hpp"

namespace deskloom::operation {
namespace {

// Numbers users in the order in which they are seen, and groups by name.
class Users {
 public:
  Users(const UsageSource& source, std::string predict::Person::*group)
      : names_(history::names_by_number(source.history.db(), history::NameKind::user)),
        source_(source),
        group_(group) {}

  // The user's index, and whether they are new.
  std::pair<std::size_t, bool> index_of(std::int64_t number) {
    const auto [found, is_new] = indices_.emplace(number, indices_.size());
    return {found->second, is_new};
  }
  const std::string& name_of(std::int64_t number) const { return names_.at(number); }
  std::size_t group_of(std::int64_t number) {
    const predict::Person person = source_.person(name_of(number));
    return groups_.emplace(person.*group_, groups_.size()).first->second;
  }

 private:
  std::unordered_map<std::int64_t, std::string> names_;
  const UsageSource& source_;
  std::string predict::Person::*group_;
  std::unordered_map<std::int64_t, std::size_t> indices_;
  std::map<std::string, std::size_t> groups_;
};

}  // namespace

std::vector<predict::UserSessions> recorded_sessions(const UsageSource& source) {
  std::vector<predict::UserSessions> users;
  history::each_user(source.history, source.longest_session(),
                     [&](const std::string& user, const std::vector<domain::Session>& sessions) {
                       if (!sessions.empty()) users.push_back({user, sessions});
                     });
  return users;
}

std::vector<predict::UserLaunches> recorded_launches(const UsageSource& source, std::int64_t from_s,
                                                     std::int64_t until_s, const UserFilter& takes) {
  Users known(source, &predict::Person::role);
  std::vector<predict::UserLaunches> users;
  history::each_launch(source.history, from_s, until_s, [&](const history::LaunchOf& launch) {
    if (takes && !takes(known.name_of(launch.user))) return;
    const auto [user, is_new] = known.index_of(launch.user);
    if (is_new) users.push_back({known.name_of(launch.user), known.group_of(launch.user), {}});
    users[user].launches.push_back(
        {launch.at, static_cast<predict::ApplicationId>(launch.application), launch.dwell_s});
  });
  return users;
}

std::vector<predict::UserSightings> recorded_sightings(const UsageSource& source,
                                                       const predict::TimeGrid& grid,
                                                       const UserFilter& takes) {
  Users known(source, &predict::Person::department);
  std::vector<predict::UserSightings> users;
  std::vector<std::vector<predict::Fix>> fixes;
  history::each_visit(source.history, grid.begin_s(), grid.time_s(grid.slots()),
                      [&](const history::VisitOf& visit) {
                        // Of who agrees to it now (SPEC D3).
                        const std::string& name = known.name_of(visit.user);
                        if (!source.consents.location.contains(name) || (takes && !takes(name))) return;
                        const auto [user, is_new] = known.index_of(visit.user);
                        if (is_new) {
                          users.push_back({name, known.group_of(visit.user), {}});
                          fixes.emplace_back();
                        }
                        fixes[user].push_back({visit.at, static_cast<predict::PlaceId>(visit.place)});
                      });
  for (std::size_t user = 0; user < users.size(); ++user)
    users[user].sightings = predict::hourly_places(grid, fixes[user]);
  return users;
}

RecordedSpan recorded_span(const UsageSource& source, const std::vector<predict::UserSessions>& users) {
  std::optional<RecordedSpan> span;
  const auto cover = [&](base::Timestamp from, base::Timestamp until) {
    if (!span) span = {from, until};
    span = {std::min(span->from, from), std::max(span->until, until)};
  };
  for (const auto& user : users)
    cover(base::from_seconds(user.sessions.front().begin_s), base::from_seconds(user.sessions.back().end_s));
  if (!span) {
    for (const history::Store::TableSize& table : source.history.sizes())
      if (table.first && table.last) cover(*table.first, *table.last);
  }
  if (!span) {
    throw base::Error(base::ErrorKind::usage, "nothing is recorded",
                      "'deskloom event import' or 'event collect' records it");
  }
  return *span;
}

std::vector<char> holiday_hours(const UsageSource& source, const predict::TimeGrid& grid) {
  const predict::KnownFuture known(grid, calendars_of(source, {}, base::from_seconds(grid.begin_s()),
                                                      base::from_seconds(grid.time_s(grid.slots()))));
  std::vector<char> hours;
  for (std::int64_t hour = 0; hour < predict::hours_of(grid); ++hour)
    hours.push_back(known.is_holiday(hour * predict::hour_slots) ? 1 : 0);
  return hours;
}

}  // namespace deskloom::operation
