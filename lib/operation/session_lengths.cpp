#include "operation/session_lengths.hpp"

#include <algorithm>
#include <cmath>

#include "operation/applications.hpp"
#include "predict/connect/samples.hpp"
#include "predict/heads/lengths.hpp"
#include "predict/network/sampler.hpp"

namespace deskloom::operation {
namespace {

constexpr std::size_t level_90 = 8;
constexpr float seconds_per_hour = 3600;
// So many of everybody's sessions tell as much as all.
constexpr double most_sessions = 200'000;

std::uint32_t seconds_of(float hours) {
  return static_cast<std::uint32_t>(std::lround(hours * seconds_per_hour));
}

template <typename User>
std::vector<std::size_t> role_numbers(const UsageSource& source, const std::vector<User>& users) {
  std::vector<predict::Person> people;
  for (const User& user : users) people.push_back(source.person(user.user));
  return predict::numbered(people, &predict::Person::role);
}

}  // namespace

std::vector<std::size_t> roles_of(const UsageSource& source,
                                  const std::vector<predict::UserSessions>& users) {
  return role_numbers(source, users);
}

SessionLengths::SessionLengths(const UsageSource& source, const predict::LengthModel& model,
                               const predict::TimeGrid& grid, const std::vector<KnownUser>& users,
                               base::Timestamp now)
    : forecaster_(model),
      grid_(grid),
      users_(users),
      roles_(role_numbers(source, users)),
      now_s_(base::to_seconds(now)),
      habits_(roles_.empty() ? 1 : std::ranges::max(roles_) + 1) {
  add_sessions();
  habits_.settle();
}

void SessionLengths::add_sessions() {
  double count = 0;
  for (const KnownUser& user : users_) count += static_cast<double>(user.sessions.size());
  predict::Sampler sampler(std::min(1.0, most_sessions / std::max(count, 1.0)));
  for (std::size_t number = 0; number < users_.size(); ++number) {
    for (const domain::Session& session : users_[number].sessions) {
      if (session.end_s > now_s_ || !sampler.takes() || !predict::is_whole(grid_, session)) continue;
      habits_.add(roles_[number], predict::ended_session(grid_, session),
                  predict::LengthHabits::faded(now_s_ - session.begin_s));
    }
  }
}

void SessionLengths::foretell(std::size_t number, std::int64_t origin_s,
                              const std::optional<predict::HeadOfUser>& head,
                              forecast::UserForecast& forecast) const {
  const KnownUser& user = users_[number];
  const std::int64_t begin_s = next_session(user.user, forecast, origin_s).begin_s;
  const auto past = predict::ended_sessions(grid_, user.sessions, now_s_);
  const auto moment = predict::length_moment(grid_, grid_.slot_of(begin_s));
  const predict::LengthHabits& habits = habits_.of(roles_[number]);
  const predict::Quantiles hours = head ? predict::forecast_length(forecaster_, habits, past, moment, *head)
                                        : forecaster_.forecast(habits, past, moment);
  forecast.session_median_s = seconds_of(hours[predict::median_level]);
  forecast.session_90_s = seconds_of(hours[level_90]);
}

}  // namespace deskloom::operation
