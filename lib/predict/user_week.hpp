#pragma once

#include <cstdint>
#include <vector>

#include "domain/usage.hpp"
#include "predict/hour_of_week.hpp"
#include "predict/time_grid.hpp"

namespace deskloom::predict {

// Of one user: what happened in the slots [first, last), in the month before, and in some slots after.
class UserWeek {
 public:
  // Slots of the grid. sessions: ascending, disjoint. lead_s: a slot is decided that long before it begins.
  UserWeek(const TimeGrid& grid, const std::vector<domain::Session>& sessions, std::int64_t first,
           std::int64_t last, std::int64_t lead_s, std::int64_t after = 0);

  // In slots [from, until), of which those that are not kept count as empty.
  int connects(std::int64_t from, std::int64_t until) const {
    return until > from ? sum(until) - sum(from) : 0;
  }
  // For slots from first on, those after last included.
  bool is_present(std::int64_t slot) const { return present_[static_cast<std::size_t>(slot - first_)] != 0; }

  // For slots from first to last: in a session, as is known when it is decided.
  bool is_in_session(std::int64_t slot) const {
    return in_session_[static_cast<std::size_t>(slot - first_)] != 0;
  }
  // In no session from then until the slot begins.
  bool is_away(std::int64_t slot) const { return away_[static_cast<std::size_t>(slot - first_)] != 0; }
  // Since the last session ended, when it is decided; negative: there was none.
  std::int64_t away_for_s(std::int64_t slot) const {
    return away_for_s_[static_cast<std::size_t>(slot - first_)];
  }

  // Adds the week's slots to the counts. The last is not over when the next week's first is decided.
  void add_to(HabitCounts& counts, const TimeGrid& grid) const;

 private:
  int sum(std::int64_t slot) const;
  void count_connects(const TimeGrid& grid, const std::vector<domain::Session>& sessions);
  void mark_presence(const TimeGrid& grid, const std::vector<domain::Session>& sessions);
  void look_at_sessions(const TimeGrid& grid, const std::vector<domain::Session>& sessions,
                        std::int64_t lead_s);

  std::int64_t first_, last_, sums_from_;
  std::vector<int> sums_;  // connects before each slot from sums_from_ on
  std::vector<char> present_, in_session_, away_;
  std::vector<std::int64_t> away_for_s_;
};

}  // namespace deskloom::predict
