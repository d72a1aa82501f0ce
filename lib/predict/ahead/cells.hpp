#pragma once

#include <functional>
#include <vector>

#include "predict/ahead/features.hpp"

namespace deskloom::predict {

// One question of a day ahead, and what came.
struct AheadCell {
  std::size_t user = 0;  // in the list
  std::int64_t origin = 0, target = 0;
  std::size_t band = 0;                    // of the horizon
  double weight = 1;                       // stands for so many
  bool was_away = false;                   // at the origin, until it
  bool connects = false;                   // a session begins in the target slot
  bool present = false;                    // the user is in session at some time in it
  float by_habit = 0, there_by_habit = 0;  // probabilities of both by the user's habit alone
  AheadFeatures features{};
};

// How far ahead a target is asked about in a band: somewhere in it, the same each time.
std::int64_t ahead_of(const TimeGrid& grid, std::size_t user, std::int64_t target, std::size_t band);

// Which cells are visited: those whose target lies in [from, until), and whose origin is in the same span.
// For each band, somewhere in it lies the origin. Of targets in which nobody connects, that share, the same
// each time; their weight makes up for it.
struct AheadChoice {
  std::int64_t from, until;
  double idle_share = 1;
};
void each_ahead_cell(const TimeGrid& grid, const std::vector<UserSessions>& users, const Calendars& calendars,
                     const ConnectOptions& options, const AheadChoice& choice,
                     const std::function<void(const AheadCell& cell)>& visit);

}  // namespace deskloom::predict
