#pragma once

#include <vector>

#include "plan/pool_outlook.hpp"
#include "plan/pool_target.hpp"

namespace deskloom::plan {

// A user whose persona was captured pays their shadow when what it saves of their wait, times the probability
// that they come in the window, exceeds what it costs to let it idle until the window's end, times the
// probability that they do not; and when that is likely enough: one in four. The most probable come first,
// and of equals the first by name; at most `most`. chances: of the outlook's users; holds: whether they hold
// an instance by then. idle_cost: of one instance for the window. Returns their numbers.
std::vector<std::size_t> users_worth_a_shadow(const PoolOutlook& outlook, const std::vector<double>& chances,
                                              const std::vector<bool>& holds, double idle_cost, int most);

// That its user comes in the window: below it, a shadow is not worth the work of hosts that it costs to give
// it up and make its ghost anew, however little they cost.
inline constexpr double least_chance = 0.25;
// Below this, of the next hour, one that nobody came to is given up: forecasts that waver do not make it
// anew.
inline constexpr double least_chance_to_keep = least_chance / 2;

// What a shadow saves its user of the way from a ghost, in minutes.
double minutes_saved(const PoolTimes& times);

}  // namespace deskloom::plan
