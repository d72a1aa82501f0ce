#include "predict/training_data.hpp"

#include <algorithm>
#include <map>

#include "base/error.hpp"
#include "history/sessions.hpp"
#include "ingest/time_text.hpp"
#include "state/store.hpp"
#include "state/users.hpp"

namespace deskloom::cmd {
namespace {

std::map<std::string, predict::Person> people_of(const std::filesystem::path& state) {
  std::map<std::string, predict::Person> people;
  if (state.empty()) return people;
  const state::Store store(state, state::Store::Access::read);
  for (const domain::User& user : state::Users(store.db()).list())
    people[user.name] = {user.role.value_or(""), user.department.value_or("")};
  return people;
}

}  // namespace

predict::Dataset read_training_data(const TrainingData& data) {
  const base::TimeZone zone(data.time_zone);
  ingest::TimeReader times(zone);
  const auto from = data.from ? std::optional(base::to_seconds(times.read(*data.from))) : std::nullopt;
  const auto until = data.until ? std::optional(base::to_seconds(times.read(*data.until))) : std::nullopt;
  const history::Store store(data.history, history::Store::Access::read);
  auto people = people_of(data.state);
  std::vector<predict::UserSessions> users;
  std::vector<predict::Person> known;
  std::optional<std::int64_t> first, last;
  history::each_user(store, std::chrono::hours(data.session_hours),
                     [&](const std::string& user, std::vector<domain::Session> sessions) {
                       std::erase_if(sessions, [&](const domain::Session& session) {
                         return (from && session.end_s <= *from) || (until && session.begin_s >= *until);
                       });
                       if (sessions.empty()) return;
                       first = std::min(first.value_or(sessions.front().begin_s), sessions.front().begin_s);
                       last = std::max(last.value_or(sessions.back().end_s), sessions.back().end_s);
                       users.push_back({user, std::move(sessions)});
                       known.push_back(people[user]);
                     });
  if (users.empty()) {
    throw base::Error(base::ErrorKind::usage, "no sessions are recorded in that time",
                      "'deskloom event import' or 'event collect' records them");
  }
  const auto time = [](std::int64_t seconds) { return base::Timestamp(std::chrono::seconds(seconds)); };
  return {predict::TimeGrid(zone, time(from.value_or(*first)), time(until.value_or(*last))), std::move(users),
          std::move(known)};
}

}  // namespace deskloom::cmd
