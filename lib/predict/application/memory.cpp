#include "predict/application/memory.hpp"

#include <algorithm>
#include <cmath>

namespace deskloom::predict {
namespace {

constexpr double lately_half_life_s = 3 * 86'400;
constexpr double neighbour = 0.5;
constexpr int hours = 24;

}  // namespace

std::int64_t used_until_s(const ApplicationLaunch& launch) {
  return launch.time_s + std::max<std::int64_t>(launch.dwell_s, 0);
}

double FadingTally::scale(std::int64_t time_s) const {
  constexpr double most_half_lives = 900;  // stays within a double
  if (!since_s_) return 1;
  return std::exp2(std::min(static_cast<double>(time_s - *since_s_) / half_life_s_, most_half_lives));
}

void FadingTally::add(std::uint32_t thing, std::int64_t time_s) {
  if (!since_s_) since_s_ = time_s;
  tally_.add(thing, scale(time_s));
}

double FadingTally::share(std::uint32_t thing, std::int64_t time_s, double prior, double prior_weight) const {
  return tally_.share(thing, prior, prior_weight * scale(time_s));
}

double FadingTally::of(std::uint32_t thing, std::int64_t time_s) const {
  return tally_.of(thing) / scale(time_s);
}

double FadingTally::all(std::int64_t time_s) const { return tally_.all() / scale(time_s); }

ApplicationHabits::ApplicationHabits()
    : often(often_half_life_s), lately(lately_half_life_s), in_sessions(sessions_half_life_s) {}

ApplicationMemory::ApplicationMemory(const std::vector<UserLaunches>& users) : users_(users.size()) {
  std::size_t roles = 0;
  for (const UserLaunches& user : users) {
    role_.push_back(user.role);
    roles = std::max(roles, user.role + 1);
  }
  roles_.resize(roles);
}

std::uint64_t ApplicationMemory::pair(ApplicationId before_last, ApplicationId last) {
  constexpr int bits = 32;
  return (std::uint64_t{before_last} << bits) | last;
}

bool ApplicationMemory::begins_session(std::size_t user, std::int64_t time_s) const {
  return !users_[user].last || time_s - users_[user].in_use_until_s > session_gap_s;
}

void ApplicationMemory::close_session(std::size_t user, std::int64_t time_s) {
  ApplicationUser& seen = users_[user];
  if (seen.session.empty()) return;
  for (ApplicationHabits* habits : {&seen.habits, &roles_[role_[user]], &everybody_}) {
    for (const ApplicationId application : seen.session) habits->in_sessions.add(application, time_s);
    habits->in_sessions.add(any_session, time_s);
  }
  seen.last_session = std::move(seen.session);
  seen.session.clear();
}

void ApplicationMemory::count(ApplicationHabits& habits, const ApplicationUser& before,
                              const ApplicationLaunch& launch, int hour, bool is_first) {
  habits.often.add(launch.application, launch.time_s);
  habits.lately.add(launch.application, launch.time_s);
  (is_first ? habits.first : habits.later).add(launch.application);
  for (const int off : {-1, 0, 1}) {
    const auto beside = static_cast<std::size_t>((hour + off + hours) % hours);
    habits.by_hour[beside].add(launch.application, off == 0 ? 1 : neighbour);
  }
  if (!before.last) return;
  habits.after[before.last->application].add(launch.application);
  if (!before.before_last) return;
  habits.after_two[pair(before.before_last->application, before.last->application)].add(launch.application);
}

void ApplicationMemory::see(std::size_t user, const ApplicationLaunch& launch, int hour) {
  ApplicationUser& seen = users_[user];
  const bool is_first = begins_session(user, launch.time_s);
  if (is_first) close_session(user, launch.time_s);
  if (seen.launches > 0 && !seen.newest.contains(launch.application)) seen.news += 1;
  for (ApplicationHabits* habits : {&seen.habits, &roles_[role_[user]], &everybody_})
    count(*habits, seen, launch, hour, is_first);
  seen.session.insert(launch.application);
  seen.newest[launch.application] = ++seen.launches;
  seen.before_last = seen.last;
  seen.last = launch;
  seen.in_use_until_s = std::max(seen.in_use_until_s, used_until_s(launch));
}

}  // namespace deskloom::predict
