#pragma once

#include <array>
#include <span>
#include <vector>

#include "predict/weekly_walk.hpp"

// More of what is known when it is asked whether a user connects: features that a network reads beside those
// of connect_features.hpp. They look back only, too.
namespace deskloom::predict {

inline constexpr std::size_t recent_features = 40;
using RecentFeatures = std::array<float, recent_features>;

// How many of a group connected in each slot of a week, and how many were to be expected by their habits.
class Crowd {
 public:
  // group_of: each user's, from 0 on.
  Crowd(const TimeGrid& grid, const WalkedWeek& week, std::span<const std::size_t> group_of);

  // Connects against expected ones in slots [from, until) of the week, as a logarithm; within -1 and 1.
  double surprise(std::size_t group, std::int64_t from, std::int64_t until) const;

 private:
  struct Sums {
    std::vector<float> connects, expected;  // before each slot of the week
  };
  std::int64_t first_;
  std::vector<Sums> groups_;
};

// One user's week.
class RecentUse {
 public:
  RecentUse(const TimeGrid& grid, const WalkedWeek& week, const Crowd& crowd, std::size_t user,
            std::size_t group, const std::vector<domain::Session>& sessions, std::int64_t lead_s);

  // How many sessions had ended lead_s before a slot.
  std::size_t ended(std::int64_t slot) const;
  // At origin about target, which is origin or later.
  RecentFeatures features(std::int64_t origin, std::int64_t target) const;

 private:
  struct Day {
    std::int64_t begin = 0;          // its first slot
    std::int64_t first_connect = 0;  // slots from its begin on; many: nobody came
    bool is_weekend = false;
  };
  struct FirstConnects;
  struct Gaps;

  void read_days();
  FirstConnects first_connects(std::int64_t origin, std::int64_t target) const;
  Gaps gaps(std::size_t ended, double away_h) const;

  const TimeGrid& grid_;
  const WalkedWeek& walked_;
  const UserWeek& week_;
  const Crowd& crowd_;
  std::size_t user_, group_;
  const std::vector<domain::Session>& sessions_;
  std::int64_t lead_s_;
  std::vector<Day> days_;  // of the month before the week, and of the week
};

}  // namespace deskloom::predict
