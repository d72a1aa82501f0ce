#pragma once

#include <algorithm>
#include <vector>

#include "predict/network/sampler.hpp"

namespace deskloom::predict {

// Takes about so many at most of all users' events in [from, until). events: ascending by at.
template <typename User, typename Event, typename Time>
Sampler sampler_of(double most, const std::vector<User>& users, std::vector<Event> User::*events,
                   Time Event::*at, Time from, Time until) {
  double count = 0;
  for (const User& user : users) {
    const auto first = std::ranges::lower_bound(user.*events, from, {}, at);
    const auto last = std::ranges::lower_bound(user.*events, until, {}, at);
    count += static_cast<double>(last - first);
  }
  return Sampler(std::min(1.0, most / std::max(count, 1.0)));
}

}  // namespace deskloom::predict
