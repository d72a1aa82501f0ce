#include "predict/length/history.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace deskloom::predict {
namespace {

constexpr float hour_s = 3600;
constexpr std::int64_t day_s = 86'400;
constexpr int first_free_slot = 5 * slots_per_day;  // of the week
constexpr int slots_per_time = 2;
constexpr int times_of_day = slots_per_day / slots_per_time;
constexpr std::size_t kinds_of_day = 2;
constexpr float half_life_days = 21;
// Weights of the times of day around one.
constexpr std::array<float, 3> kernel{0.3F, 1, 0.3F};
constexpr float other_kind_of_day = 0.05F;
// What stands for what is not known yet weighs as so many sessions.
constexpr float any_time_sessions = 3, wider_sessions = 10, usual_sessions = 3;
constexpr std::array<float, 5> usual_hours{0.25F, 1, 2, 4, 8};
constexpr std::size_t most_groups = 64;  // each takes 400 kB

std::size_t index_of(bool is_free_day, int time) {
  return (is_free_day ? std::size_t{times_of_day} : 0) + static_cast<std::size_t>(time);
}

LengthHistogram usual_lengths() {
  LengthHistogram lengths;
  for (const float hours : usual_hours) lengths.add(hours, usual_sessions / usual_hours.size());
  return lengths;
}

bool is_excluded_at(const TimeGrid& grid, std::int64_t time_s) {
  const std::int64_t slot = grid.slot_of(time_s);
  return slot >= 0 && slot < grid.slots() && grid.is_excluded(slot);
}

}  // namespace

LengthMoment length_moment(const TimeGrid& grid, std::int64_t slot) {
  const int of_week = grid.hour_of_week(slot);
  return {grid.time_s(slot), of_week, of_week >= first_free_slot};
}

float hours_of(const domain::Session& session) {
  return static_cast<float>(std::max<std::int64_t>(session.end_s - session.begin_s, 0)) / hour_s;
}

bool is_whole(const TimeGrid& grid, const domain::Session& session) {
  const std::int64_t slot = grid.slot_of(session.begin_s);
  return slot >= 0 && slot < grid.slots() && !grid.is_excluded(slot) && !is_excluded_at(grid, session.end_s);
}

EndedSession ended_session(const TimeGrid& grid, const domain::Session& session) {
  const LengthMoment moment = length_moment(grid, grid.slot_of(session.begin_s));
  return {session.begin_s, hours_of(session), static_cast<std::int16_t>(moment.slot_of_day()),
          moment.is_free_day};
}

std::vector<EndedSession> ended_sessions(const TimeGrid& grid, std::span<const domain::Session> sessions,
                                         std::int64_t until_s) {
  std::vector<EndedSession> ended;
  ended.reserve(sessions.size());
  for (const domain::Session& session : sessions) {
    if (session.end_s > until_s) break;
    if (is_whole(grid, session)) ended.push_back(ended_session(grid, session));
  }
  return ended;
}

LengthHabits::LengthHabits() : added_(kinds_of_day * times_of_day), settled_(added_.size()) { settle(); }

void LengthHabits::add(const EndedSession& session, float weight) {
  added_[index_of(session.is_free_day, session.slot_of_day / slots_per_time)].add(session.hours, weight);
}

void LengthHabits::fade() {
  const float by = faded(day_s);
  for (LengthHistogram& lengths : added_) lengths.scale(by);
}

float LengthHabits::faded(std::int64_t age_s) {
  const float days = static_cast<float>(std::max<std::int64_t>(age_s, 0)) / day_s;
  return std::exp2(-days / half_life_days);
}

void LengthHabits::settle(const LengthHabits* wider) {
  LengthHistogram any_time = usual_lengths();
  for (const LengthHistogram& lengths : added_) any_time.add(lengths, 1);
  any_time.scale(1 / any_time.weight());
  at_any_time_ = any_time;
  constexpr int half = kernel.size() / 2;
  for (const bool is_free_day : {false, true}) {
    for (int time = 0; time < times_of_day; ++time) {
      const std::size_t index = index_of(is_free_day, time);
      LengthHistogram& lengths = settled_[index];
      lengths = wider == nullptr ? any_time : wider->settled_[index];
      lengths.scale(wider == nullptr ? any_time_sessions : wider_sessions);
      for (int apart = -half; apart <= half; ++apart) {
        const int near = (time + apart + times_of_day) % times_of_day;
        const float weight = kernel[static_cast<std::size_t>(apart + half)];
        lengths.add(added_[index_of(is_free_day, near)], weight);
        lengths.add(added_[index_of(!is_free_day, near)], weight * other_kind_of_day);
      }
      lengths.scale(1 / lengths.weight());
    }
  }
}

const LengthHistogram& LengthHabits::at(const LengthMoment& moment) const {
  return settled_[index_of(moment.is_free_day, moment.slot_of_day() / slots_per_time)];
}

// One group is everybody.
GroupLengths::GroupLengths(std::size_t groups) : groups_(groups > 1 ? std::min(groups, most_groups) : 0) {}

void GroupLengths::add(std::size_t group, const EndedSession& session, float weight) {
  everybody_.add(session, weight);
  if (group < groups_.size()) groups_[group].add(session, weight);
}

void GroupLengths::fade() {
  everybody_.fade();
  for (LengthHabits& group : groups_) group.fade();
}

void GroupLengths::settle() {
  everybody_.settle();
  for (LengthHabits& group : groups_) group.settle(&everybody_);
}

}  // namespace deskloom::predict
