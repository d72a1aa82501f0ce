#include "predict/training_data.hpp"

#include <algorithm>

#include "base/error.hpp"
#include "history/sessions.hpp"
#include "ingest/time_text.hpp"
#include "operation/head_record.hpp"
#include "state/store.hpp"
#include "users_clock.hpp"

namespace deskloom::cmd {
namespace {

// Of who is in the state store, if there is one.
void add_people(operation::UsageSource& source) {
  if (!std::filesystem::exists(source.policy.state_file())) return;
  const state::Store state(source.policy.state_file(), state::Store::Access::read);
  source.people = operation::people_in(state.users);
  source.consents = operation::consents_in(state.users);
}

}  // namespace

TrainingData read_training_data(const policy::Policy& policy, const std::optional<std::string>& from,
                                const std::optional<std::string>& until) {
  const history::Store store(policy.history_file(), history::Store::Access::read);
  operation::UsageSource source{store, users_clock(policy), policy};
  add_people(source);
  ingest::TimeReader times(source.zone);
  const auto begin = from ? std::optional(base::to_seconds(times.read(*from))) : std::nullopt;
  const auto end = until ? std::optional(base::to_seconds(times.read(*until))) : std::nullopt;
  std::vector<predict::UserSessions> users;
  std::vector<predict::Person> people;
  std::vector<std::string> names;
  std::optional<std::int64_t> first, last;
  history::each_user(store, source.longest_session(),
                     [&](const std::string& user, std::vector<domain::Session> sessions) {
                       std::erase_if(sessions, [&](const domain::Session& session) {
                         return (begin && session.end_s <= *begin) || (end && session.begin_s >= *end);
                       });
                       if (sessions.empty()) return;
                       first = std::min(first.value_or(sessions.front().begin_s), sessions.front().begin_s);
                       last = std::max(last.value_or(sessions.back().end_s), sessions.back().end_s);
                       users.push_back({user, std::move(sessions)});
                       people.push_back(source.person(user));
                       names.push_back(user);
                     });
  if (users.empty()) {
    throw base::Error(base::ErrorKind::usage, "no sessions are recorded in that time",
                      "'deskloom event import' or 'event collect' records them");
  }
  const auto grid_from = base::from_seconds(begin.value_or(*first));
  const auto grid_until = base::from_seconds(end.value_or(*last));
  predict::Dataset sessions{operation::grid_of(source, grid_from, grid_until), std::move(users),
                            std::move(people), operation::calendars_of(source, names, grid_from, grid_until)};
  auto record = operation::head_record(source, sessions.grid);
  return {source.zone, std::move(sessions), std::move(record)};
}

}  // namespace deskloom::cmd
