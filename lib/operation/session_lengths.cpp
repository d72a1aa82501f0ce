#include "operation/session_lengths.hpp"

#include <cmath>

#include "operation/applications.hpp"

namespace deskloom::operation {
namespace {

constexpr std::size_t level_90 = 8;
constexpr float seconds_per_hour = 3600;

std::uint32_t seconds_of(float hours) {
  return static_cast<std::uint32_t>(std::lround(hours * seconds_per_hour));
}

}  // namespace

SessionLengths::SessionLengths(const predict::LengthModel& model, const predict::TimeGrid& grid,
                               const std::vector<KnownUser>& users, base::Timestamp now)
    : forecaster_(model), grid_(grid), now_s_(base::to_seconds(now)) {
  for (const KnownUser& user : users)
    for (const predict::EndedSession& session : predict::ended_sessions(grid, user.sessions, now_s_))
      habits_.add(session, predict::LengthHabits::faded(now_s_ - session.begin_s));
  habits_.settle();
}

void SessionLengths::foretell(const KnownUser& user, std::int64_t origin_s,
                              forecast::UserForecast& forecast) const {
  const std::int64_t begin_s = next_session(user.user, forecast, origin_s).begin_s;
  const predict::Quantiles hours =
      forecaster_.forecast(habits_, predict::ended_sessions(grid_, user.sessions, now_s_),
                           predict::length_moment(grid_, grid_.slot_of(begin_s)));
  forecast.session_median_s = seconds_of(hours[predict::median_level]);
  forecast.session_90_s = seconds_of(hours[level_90]);
}

}  // namespace deskloom::operation
