#pragma once

#include <functional>
#include <span>
#include <vector>

#include "predict/connect/features.hpp"
#include "predict/length/history.hpp"

namespace deskloom::predict {

// A session whose length was to be foretold some time before the slot in which it begins.
struct LengthTarget {
  std::size_t user = 0, session = 0;  // of that user's
  std::int64_t slot = 0;
  LengthMoment moment;                 // the slot's begin
  std::span<const EndedSession> past;  // the user's, as known then; newest last
  const LengthHabits& habits;          // of the user's group, on the days that had ended
  const LengthHabits& everybody;
  float hours = 0;  // what came true
};

// Goes through all sessions that begin in slots [from, until) of the grid, in order of the slots, each with
// what was known lead_s before its slot begins. Sessions that are not whole are passed over. groups: each
// user's; empty: there are none.
void each_length(const TimeGrid& grid, const std::vector<UserSessions>& users, std::int64_t from,
                 std::int64_t until, std::int64_t lead_s,
                 const std::function<void(const LengthTarget& target)>& visit,
                 std::span<const std::size_t> groups = {});

}  // namespace deskloom::predict
