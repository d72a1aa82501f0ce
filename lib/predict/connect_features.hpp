#pragma once

#include <array>
#include <functional>
#include <string>
#include <vector>

#include "domain/usage.hpp"
#include "predict/time_grid.hpp"

// What is known of a user before each slot in which they could connect. Features look back only: a slot's are
// made of what had happened lead_s before it begins, and histograms of weeks that had ended.
namespace deskloom::predict {

struct UserSessions {
  std::string user;
  std::vector<domain::Session> sessions;  // ascending, disjoint
};

struct ConnectOptions {
  std::int64_t lead_s = 240;   // a desktop takes that long to be made ready
  double half_life_weeks = 8;  // of what histograms remember
  double prior_slots = 4;      // how many slots a user's own habit must outweigh
};

inline constexpr std::size_t connect_features = 22;

// One slot in which a user is away when it must be decided.
struct ConnectCell {
  std::size_t user = 0;  // in the list
  std::int64_t slot = 0;
  bool connects = false;  // what is to be foretold: a session begins in the slot
  double by_user = 0;     // probability by the user's hour of the week, with everybody's as the prior
  double by_all = 0;      // by everybody's
  // 1; logits of by_all and by_user; logarithms of connects a day in 28 and 7 days; whether and how often
  // today (of 6); whether yesterday, at this time yesterday and a week ago; the organisation's connects today
  // against what was expected (a logarithm: holidays show); both of these with today's; the time since the
  // last session in nine bins.
  std::array<float, connect_features> features{};
};

// Visits every such cell of the grid, week by week, user by user.
void each_connect_cell(const TimeGrid& grid, const std::vector<UserSessions>& users,
                       const ConnectOptions& options,
                       const std::function<void(const ConnectCell& cell)>& visit);

}  // namespace deskloom::predict
