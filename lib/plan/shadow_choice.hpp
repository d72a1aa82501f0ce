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

// Below this, of the next hour, a shadow that nobody came to is given up: half of what one is made for, so
// that forecasts that waver do not make it anew.
inline constexpr double least_chance_to_keep = 0.125;

// What a shadow saves its user of the way from a ghost, in minutes.
double minutes_saved(const PoolTimes& times);

}  // namespace deskloom::plan
