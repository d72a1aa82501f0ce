#include "predict/user_week.hpp"

#include <algorithm>

namespace deskloom::predict {
namespace {

constexpr std::int64_t month_slots = 28 * slots_per_day;
constexpr std::int64_t margin_slots = 2;  // features look at the neighbours of slots, too

}  // namespace

UserWeek::UserWeek(const TimeGrid& grid, const std::vector<domain::Session>& sessions, std::int64_t first,
                   std::int64_t last, std::int64_t lead_s, std::int64_t after)
    : first_(first),
      last_(last),
      sums_from_(first - month_slots - margin_slots),
      sums_(static_cast<std::size_t>(last + after + margin_slots - sums_from_) + 2),
      present_(static_cast<std::size_t>(last + after - first)) {
  count_connects(grid, sessions);
  mark_presence(grid, sessions);
  look_at_sessions(grid, sessions, lead_s);
}

int UserWeek::sum(std::int64_t slot) const {
  const auto end = static_cast<std::int64_t>(sums_.size()) - 1;
  return sums_[static_cast<std::size_t>(std::clamp<std::int64_t>(slot - sums_from_, 0, end))];
}

void UserWeek::count_connects(const TimeGrid& grid, const std::vector<domain::Session>& sessions) {
  const std::int64_t end = sums_from_ + static_cast<std::int64_t>(sums_.size()) - 1;
  auto session = std::ranges::lower_bound(sessions, grid.time_s(std::max<std::int64_t>(sums_from_, 0)), {},
                                          &domain::Session::begin_s);
  for (; session != sessions.end(); ++session) {
    const std::int64_t slot = grid.slot_of(session->begin_s);
    if (slot >= end) break;
    ++sums_[static_cast<std::size_t>(slot - sums_from_) + 1];
  }
  for (std::size_t i = 1; i < sums_.size(); ++i) sums_[i] += sums_[i - 1];
}

void UserWeek::mark_presence(const TimeGrid& grid, const std::vector<domain::Session>& sessions) {
  const std::int64_t end = first_ + static_cast<std::int64_t>(present_.size());
  auto session = std::ranges::upper_bound(sessions, grid.time_s(first_), {}, &domain::Session::end_s);
  for (; session != sessions.end(); ++session) {
    const std::int64_t from = std::max(grid.slot_of(session->begin_s), first_);
    const std::int64_t until = std::min(grid.slot_of(session->end_s - 1) + 1, end);
    if (from >= end) break;
    std::fill(present_.begin() + (from - first_), present_.begin() + (until - first_), char{1});
  }
}

void UserWeek::look_at_sessions(const TimeGrid& grid, const std::vector<domain::Session>& sessions,
                                std::int64_t lead_s) {
  // Behind the last that has ended when it is decided, and behind the last that begins before the slot.
  auto ended = std::ranges::upper_bound(sessions, grid.time_s(first_) - lead_s, {}, &domain::Session::end_s);
  auto begun = ended;
  for (std::int64_t slot = first_; slot < last_; ++slot) {
    const std::int64_t decided_s = grid.time_s(slot) - lead_s;
    while (begun != sessions.end() && begun->begin_s < grid.time_s(slot)) ++begun;
    while (ended != sessions.end() && ended->end_s <= decided_s) ++ended;
    in_session_.push_back(ended != sessions.end() && ended->begin_s <= decided_s ? 1 : 0);
    away_.push_back(begun == sessions.begin() || std::prev(begun)->end_s <= decided_s ? 1 : 0);
    away_for_s_.push_back(ended == sessions.begin() ? -1 : decided_s - std::prev(ended)->end_s);
  }
}

void UserWeek::add_to(HabitCounts& counts, const TimeGrid& grid) const {
  int counted = 1;  // the last, too: it is like its neighbours
  for (std::int64_t slot = first_; slot + 1 < last_; ++slot) {
    if (grid.is_excluded(slot)) continue;
    ++counted;
    const auto at = static_cast<std::size_t>(grid.hour_of_week(slot));
    counts.present[at] += is_present(slot) ? 1.0F : 0.0F;
    if (!is_away(slot)) continue;
    counts.exposed[at] += 1;
    counts.connects[at] += connects(slot, slot + 1) > 0 ? 1.0F : 0.0F;
  }
  counts.weeks += static_cast<float>(counted) / slots_per_week;
}

}  // namespace deskloom::predict
