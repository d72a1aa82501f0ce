#include "predict/known_future.hpp"

#include <algorithm>
#include <map>

namespace deskloom::predict {
namespace {

constexpr std::int64_t soon_slots = 4;
constexpr float least_share = 0.2F;  // of those with a calendar, for a meeting to be an all-hands
constexpr int least_people = 3;

}  // namespace

KnownFuture::KnownFuture(const TimeGrid& grid, const Calendars& calendars, std::int64_t first)
    : grid_(grid),
      first_(first),
      holidays_(index(grid.slots())),
      users_(calendars.users.size()),
      all_hands_(index(grid.slots())) {
  for (const CalendarMark& holiday : calendars.everybody)
    if (holiday.is_all_day)
      mark(holidays_, grid.slot_of(holiday.begin_s), grid.slot_of(holiday.end_s - 1) + 1, 1);
  for (std::size_t user = 0; user < users_.size(); ++user) {
    if (calendars.users[user].empty()) continue;
    users_[user].resize(index(grid.slots()));
    for (const CalendarMark& entry : calendars.users[user]) {
      if (entry.is_free) continue;
      const std::int64_t from = grid.slot_of(entry.begin_s), until = grid.slot_of(entry.end_s - 1) + 1;
      mark(users_[user], from, until, entry.is_all_day ? out : meeting);
      if (!entry.is_all_day) mark(users_[user], from - soon_slots + 1, from + 1, soon);
    }
  }
  count_all_hands(calendars);
}

bool KnownFuture::has(std::size_t user, std::int64_t slot, Mark mark) const {
  return user < users_.size() && !users_[user].empty() && (users_[user][index(slot)] & mark) != 0;
}

void KnownFuture::mark(std::vector<char>& slots, std::int64_t from, std::int64_t until, char mark) const {
  const std::int64_t end = std::min(until, grid_.slots());
  for (std::int64_t slot = std::max(from, first_); slot < end; ++slot)
    slots[index(slot)] = static_cast<char>(slots[index(slot)] | mark);
}

void KnownFuture::count_all_hands(const Calendars& calendars) {
  std::map<std::pair<std::int64_t, std::int64_t>, int> people;  // of a meeting, by when and which
  int with_calendar = 0;
  for (const auto& entries : calendars.users) {
    with_calendar += entries.empty() ? 0 : 1;
    for (const CalendarMark& entry : entries)
      if (!entry.is_all_day && !entry.is_free) ++people[{grid_.slot_of(entry.begin_s), entry.event}];
  }
  for (const auto& [begin, count] : people) {
    const float share = static_cast<float>(count) / static_cast<float>(with_calendar);
    if (count < least_people || share < least_share) continue;
    const std::int64_t end = std::min(begin.first + 1, grid_.slots());
    for (std::int64_t slot = std::max(begin.first - soon_slots + 1, first_); slot < end; ++slot) {
      float& most = all_hands_[index(slot)];
      most = std::max(most, share);
    }
  }
}

}  // namespace deskloom::predict
