#pragma once

#include <span>

namespace deskloom::plan {

// How many ghosts there must be in all for wanted of them to be left, with the probability, by those that
// hosts take back before their time (spot instances): a sum of independent chances (Poisson binomial).
// risks: that each ghost there is taken away in time, in the order in which they are counted; all after them
// are new, with that risk. Not more than most, but for wanted itself.
int ghosts_to_survive(int wanted, double probability, std::span<const double> risks, double new_risk,
                      int most);

// From the probability within an hour to that within so many, at a constant rate.
double risk_within(double per_hour, double hours);

}  // namespace deskloom::plan
