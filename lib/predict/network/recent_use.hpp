#pragma once

#include <array>
#include <span>
#include <vector>

#include "predict/network/endings.hpp"
#include "predict/weekly_walk.hpp"

// More of what is known when it is asked whether a user connects: features that a network reads beside those
// of connect/features.hpp: of the user, of who else has come, and of sessions that ended at once
// (endings.hpp). They look back only, too.
namespace deskloom::predict {

inline constexpr std::size_t recent_features = 48;
using RecentFeatures = std::array<float, recent_features>;

// How many of a group connected in each slot of some days, and how many were to be expected by their habits.
class Crowd {
 public:
  // Of slots [first, last), nothing added yet. Groups have numbers from 0 on.
  Crowd(std::int64_t first, std::int64_t last, std::size_t groups);
  // group_of: each user's.
  Crowd(const TimeGrid& grid, const WalkedWeek& week, std::span<const std::size_t> group_of);

  // Slots of a group, from first on, in their order.
  void add(std::size_t group, std::int64_t slot, double connects, double expected);
  // Connects against expected ones in slots [from, until), as far as there are any, as a logarithm; within -1
  // and 1.
  double surprise(std::size_t group, std::int64_t from, std::int64_t until) const;

 private:
  struct Sums {
    std::vector<float> connects, expected;  // before each slot
  };
  std::int64_t first_;
  std::vector<Sums> groups_;
};

// One user's sessions, of which the oldest may be left out: of the last month all are there, and the last
// most_gaps + 1 of them.
struct Past {
  const std::vector<domain::Session>& sessions;  // ascending
  std::size_t left_out = 0;                      // before them
  std::int64_t since_s = 0;                      // when the very first began
};
inline constexpr std::size_t most_gaps = 64;

// One user, asked about slots [first, last).
struct RecentView {
  const UserWeek& week;
  const HabitRates& rates;
  std::int64_t first, last;
  Past past;
  std::size_t group;
};

// What is given must outlive it.
class RecentUse {
 public:
  RecentUse(const TimeGrid& grid, const Crowd& crowd, const Endings& endings, const RecentView& view,
            std::int64_t lead_s);

  // How many sessions, of all, had ended lead_s before a slot.
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
  std::size_t ended_of_listed(std::int64_t slot) const;
  Gaps gaps(std::size_t ended, double away_h) const;

  const TimeGrid& grid_;
  const Crowd& crowd_;
  const Endings& endings_;
  RecentView view_;
  const UserWeek& week_;
  const std::vector<domain::Session>& sessions_;
  std::int64_t lead_s_;
  std::vector<Day> days_;  // of the month before first, and up to last
};

}  // namespace deskloom::predict
