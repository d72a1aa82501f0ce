#include "predict/weekly_walk.hpp"

#include <algorithm>

namespace deskloom::predict {
namespace {

class Walk {
 public:
  Walk(const TimeGrid& grid, const std::vector<UserSessions>& users, const ConnectOptions& options,
       std::int64_t after)
      : grid_(grid),
        users_(users),
        options_(options),
        after_(after),
        fading_(fading(options.half_life_weeks)),
        habits_(users.size()),
        turnout_(grid) {}

  void walk(const std::function<void(const WalkedWeek& week)>& visit) {
    for (std::int64_t first = 0; first < grid_.slots(); first += slots_per_week) {
      const std::int64_t last = std::min(grid_.slots(), first + slots_per_week);
      read(first, last);
      visit({first, last, of_all_, rates_, weeks_, turnout_});
      remember();
    }
  }

 private:
  void read(std::int64_t first, std::int64_t last) {
    HabitCounts all;
    for (const HabitCounts& habit : habits_) all += habit;
    of_all_ = rates_of_all(all);
    weeks_.clear();
    rates_.clear();
    const std::int64_t after = std::min(after_, grid_.slots() - last);
    for (std::size_t user = 0; user < users_.size(); ++user) {
      weeks_.emplace_back(grid_, users_[user].sessions, first, last, options_.lead_s, after);
      rates_.push_back(rates_of(habits_[user], of_all_, options_.prior_slots));
    }
    for (std::int64_t slot = first; slot < last; ++slot) count_turnout(slot);
  }

  void count_turnout(std::int64_t slot) {
    const auto hour = static_cast<std::size_t>(grid_.hour_of_week(slot));
    double connects = 0, expected = 0;
    for (std::size_t user = 0; user < users_.size(); ++user) {
      connects += weeks_[user].connects(slot, slot + 1);
      if (weeks_[user].is_away(slot)) expected += rates_[user].connects[hour];
    }
    turnout_.add(slot, connects, expected);
  }

  void remember() {
    for (std::size_t user = 0; user < users_.size(); ++user) {
      habits_[user].fade(fading_);
      weeks_[user].add_to(habits_[user], grid_);
    }
  }

  const TimeGrid& grid_;
  const std::vector<UserSessions>& users_;
  const ConnectOptions& options_;
  std::int64_t after_;
  float fading_;
  std::vector<HabitCounts> habits_;  // of the weeks that have ended
  Turnout turnout_;
  HabitRates of_all_;
  std::vector<HabitRates> rates_;
  std::vector<UserWeek> weeks_;
};

}  // namespace

void each_week(const TimeGrid& grid, const std::vector<UserSessions>& users, const ConnectOptions& options,
               std::int64_t after, const std::function<void(const WalkedWeek& week)>& visit) {
  Walk(grid, users, options, after).walk(visit);
}

}  // namespace deskloom::predict
