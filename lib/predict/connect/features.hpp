#pragma once

#include <array>
#include <functional>
#include <string>
#include <vector>

#include "domain/usage.hpp"
#include "predict/hour_of_week.hpp"
#include "predict/time_grid.hpp"
#include "predict/user_week.hpp"

// What is known of a user when it is asked whether they connect in a slot. Features look back only: they are
// made of what had happened lead_s before the slot of the question begins, and of habits until the last week
// that had ended.
namespace deskloom::predict {

struct UserSessions {
  std::string user;
  std::vector<domain::Session> sessions;  // ascending, disjoint
};

struct ConnectOptions {
  std::int64_t lead_s = 240;   // a desktop takes that long to be made ready
  double half_life_weeks = 8;  // of what habits remember
  double prior_slots = 4;      // how many slots a user's own habit must outweigh
};

inline constexpr std::size_t connect_features = 23;
using ConnectFeatures = std::array<float, connect_features>;
// What regressions are pulled towards before they have seen a day on which nobody came: that it stays so.
inline constexpr std::size_t emptiness_feature = 13;
inline constexpr double usual_emptiness_weight = 1;

// How many connected slot by slot, and how many were to be expected by their habits.
class Turnout {
 public:
  explicit Turnout(const TimeGrid& grid);

  // Slots in their order, from any on.
  void add(std::int64_t slot, double connects, double expected);
  // Today's connects against the expected ones, as far as they are known at origin, as a logarithm: holidays
  // show. 0 when the target is not today.
  double surprise(std::int64_t origin, std::int64_t target) const;

 private:
  const TimeGrid& grid_;
  std::vector<double> connects_, expected_;  // before each slot
};

// One user's at origin about target, which is origin or later: 1; logits of everybody's and of the user's
// habit; logarithms of connects a day in 28 and 7 days; whether and how often on the target's day (of 6);
// whether the day before, at this time a day and a week before; the turnout, within what is usual; the user's
// habit and the turnout again, if they came on that day; by how much the turnout is below what is usual; the
// time since the last session in nine bins.
ConnectFeatures features_of(const TimeGrid& grid, const Turnout& turnout, const UserWeek& week,
                            const Week& of_all, const Week& of_user, std::int64_t origin,
                            std::int64_t target);

// One slot in which a user is away when it must be decided.
struct ConnectCell {
  std::size_t user = 0;  // in the list
  std::int64_t slot = 0;
  bool connects = false;  // what is to be foretold: a session begins in the slot
  double by_user = 0;     // probability by the user's hour of the week, with everybody's as the prior
  double by_all = 0;      // by everybody's
  ConnectFeatures features{};
};

// Visits every such cell of the grid, week by week, user by user.
void each_connect_cell(const TimeGrid& grid, const std::vector<UserSessions>& users,
                       const ConnectOptions& options,
                       const std::function<void(const ConnectCell& cell)>& visit);

}  // namespace deskloom::predict
