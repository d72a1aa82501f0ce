#include "predict/connect_features.hpp"

#include <algorithm>
#include <cmath>

#include "predict/hour_of_week.hpp"

namespace deskloom::predict {
namespace {

constexpr std::int64_t month_slots = 28 * slots_per_day;
constexpr std::array<std::int64_t, 9> away_bins_h{1, 2, 4, 8, 14, 20, 40, 66, 114};
constexpr std::int64_t hour_s = 3600;
constexpr double most_today = 6;

double logit(double p) { return std::log(p / (1 - p)); }

// One user's week: what happened in its slots and in those before that features look at.
class UserWeek {
 public:
  UserWeek(const TimeGrid& grid, const std::vector<domain::Session>& sessions, std::int64_t first,
           std::int64_t last, std::int64_t lead_s)
      : first_(first - month_slots - 2), sums_(static_cast<std::size_t>(last - first_) + 4) {
    count_connects(grid, sessions);
    look_at_sessions(grid, sessions, first, last, lead_s);
  }

  // In slots [from, until), which may begin before what is kept.
  int connects(std::int64_t from, std::int64_t until) const { return sum(until) - sum(from); }
  bool is_away(std::int64_t slot, std::int64_t week) const { return away_[index(slot, week)]; }
  // Since the last session ended, when it is decided; negative: there was none.
  std::int64_t away_for_s(std::int64_t slot, std::int64_t week) const {
    return away_for_s_[index(slot, week)];
  }

 private:
  static std::size_t index(std::int64_t slot, std::int64_t week) {
    return static_cast<std::size_t>(slot - week);
  }

  int sum(std::int64_t slot) const {
    const auto at = std::clamp<std::int64_t>(slot - first_, 0, static_cast<std::int64_t>(sums_.size()) - 1);
    return sums_[static_cast<std::size_t>(at)];
  }

  void count_connects(const TimeGrid& grid, const std::vector<domain::Session>& sessions) {
    const std::int64_t end = first_ + static_cast<std::int64_t>(sums_.size()) - 1;
    auto session = std::ranges::lower_bound(sessions, grid.time_s(std::max<std::int64_t>(first_, 0)), {},
                                            &domain::Session::begin_s);
    for (; session != sessions.end(); ++session) {
      const std::int64_t slot = grid.slot_of(session->begin_s);
      if (slot >= end) break;
      ++sums_[static_cast<std::size_t>(slot - first_) + 1];
    }
    for (std::size_t i = 1; i < sums_.size(); ++i) sums_[i] += sums_[i - 1];
  }

  void look_at_sessions(const TimeGrid& grid, const std::vector<domain::Session>& sessions,
                        std::int64_t first, std::int64_t last, std::int64_t lead_s) {
    auto begun = sessions.begin();  // behind the last that begins before the slot
    auto ended = sessions.begin();  // behind the last that has ended when it is decided
    for (std::int64_t slot = first; slot < last; ++slot) {
      const std::int64_t decided_s = grid.time_s(slot) - lead_s;
      while (begun != sessions.end() && begun->begin_s < grid.time_s(slot)) ++begun;
      while (ended != sessions.end() && ended->end_s <= decided_s) ++ended;
      away_.push_back(begun == sessions.begin() || std::prev(begun)->end_s <= decided_s);
      away_for_s_.push_back(ended == sessions.begin() ? -1 : decided_s - std::prev(ended)->end_s);
    }
  }

  std::int64_t first_;
  std::vector<int> sums_;  // connects before each slot from first_ on
  std::vector<bool> away_;
  std::vector<std::int64_t> away_for_s_;
};

class Walk {
 public:
  Walk(const TimeGrid& grid, const std::vector<UserSessions>& users, const ConnectOptions& options,
       const std::function<void(const ConnectCell& cell)>& visit)
      : grid_(grid),
        users_(users),
        options_(options),
        visit_(visit),
        histogram_(users.size(), options.half_life_weeks, options.prior_slots),
        connects_(static_cast<std::size_t>(grid.slots()) + 1),
        expected_(static_cast<std::size_t>(grid.slots()) + 1) {}

  void walk() {
    for (std::int64_t first = 0; first < grid_.slots(); first += slots_per_week) {
      first_ = first;
      last_ = std::min(grid_.slots(), first + slots_per_week);
      of_all_ = histogram_.of_all();
      read_week();
      for (std::size_t user = 0; user < users_.size(); ++user) visit_user(user);
      remember_week();
    }
  }

 private:
  // The organisation's connects and how many were to be expected, slot by slot.
  void read_week() {
    weeks_.clear();
    rates_.clear();
    for (std::size_t user = 0; user < users_.size(); ++user) {
      weeks_.emplace_back(grid_, users_[user].sessions, first_, last_, options_.lead_s);
      rates_.push_back(histogram_.of_user(user, of_all_));
    }
    for (std::int64_t slot = first_; slot < last_; ++slot) {
      double connects = 0, expected = 0;
      for (std::size_t user = 0; user < users_.size(); ++user) {
        connects += weeks_[user].connects(slot, slot + 1);
        if (weeks_[user].is_away(slot, first_)) expected += rate(user, slot);
      }
      const auto at = static_cast<std::size_t>(slot);
      connects_[at + 1] = connects_[at] + connects;
      expected_[at + 1] = expected_[at] + expected;
    }
  }

  double rate(std::size_t user, std::int64_t slot) const {
    return rates_[user][static_cast<std::size_t>(grid_.hour_of_week(slot))];
  }

  // Today's connects against the expected ones; what happens in the slot of the decision is not known yet.
  double organisation(std::int64_t slot) const {
    const auto day = static_cast<std::size_t>(grid_.day_begin(slot));
    const auto known = std::max(static_cast<std::size_t>(std::max<std::int64_t>(slot - 1, 0)), day);
    return std::log((connects_[known] - connects_[day] + 3) / (expected_[known] - expected_[day] + 3));
  }

  void visit_user(std::size_t user) {
    ConnectCell cell;
    cell.user = user;
    for (cell.slot = first_; cell.slot < last_; ++cell.slot) {
      if (!weeks_[user].is_away(cell.slot, first_)) continue;
      fill(cell, weeks_[user]);
      visit_(cell);
    }
  }

  void fill(ConnectCell& cell, const UserWeek& week) const {
    const std::int64_t slot = cell.slot, known = slot - 1, day = grid_.day_begin(slot);
    cell.connects = week.connects(slot, slot + 1) > 0;
    cell.by_user = rate(cell.user, slot);
    cell.by_all = of_all_[static_cast<std::size_t>(grid_.hour_of_week(slot))];
    const double by_all = logit(std::clamp(cell.by_all, 1e-6, 0.9)), by_user = logit(cell.by_user);
    const int today = week.connects(day, std::max(known, day));
    const double active = today > 0 ? 1 : 0;
    const double organisation = this->organisation(slot);
    const auto at_this_time = [&](std::int64_t before) {
      return week.connects(slot - before - 2, slot - before + 3) > 0 ? 1.0 : 0.0;
    };
    const auto a_day = [&](std::int64_t days) {
      return std::log((week.connects(known - days * slots_per_day, known) + 0.5) / static_cast<double>(days));
    };
    const bool yesterday = week.connects(day - slots_per_day, std::min(day, known)) > 0;
    const std::array<double, 13> values{1,
                                        by_all,
                                        by_user,
                                        a_day(28),
                                        a_day(7),
                                        active,
                                        std::min<double>(today, most_today) / most_today,
                                        yesterday ? 1.0 : 0.0,
                                        at_this_time(slots_per_day),
                                        at_this_time(slots_per_week),
                                        organisation,
                                        active * by_user,
                                        active * organisation};
    std::ranges::fill(cell.features, 0.0F);
    std::ranges::transform(values, cell.features.begin(),
                           [](double value) { return static_cast<float>(value); });
    const std::size_t bin = bin_of(week.away_for_s(slot, first_));
    if (bin > 0) cell.features[values.size() + bin - 1] = 1;
  }

  static std::size_t bin_of(std::int64_t away_for_s) {
    if (away_for_s < 0) return away_bins_h.size();
    const auto bin =
        std::ranges::upper_bound(away_bins_h, away_for_s, {}, [](std::int64_t h) { return h * hour_s; });
    return static_cast<std::size_t>(bin - away_bins_h.begin());
  }

  // The week's last slot is not over when the next week's first is decided.
  void remember_week() {
    histogram_.fade();
    for (std::size_t user = 0; user < users_.size(); ++user) {
      for (std::int64_t slot = first_; slot + 1 < last_; ++slot) {
        if (weeks_[user].is_away(slot, first_))
          histogram_.add(user, grid_.hour_of_week(slot), weeks_[user].connects(slot, slot + 1) > 0);
      }
    }
  }

  const TimeGrid& grid_;
  const std::vector<UserSessions>& users_;
  const ConnectOptions& options_;
  const std::function<void(const ConnectCell& cell)>& visit_;
  HourOfWeekHistogram histogram_;
  std::vector<double> connects_, expected_;  // before each slot
  std::int64_t first_ = 0, last_ = 0;        // of the week
  Week of_all_{};
  std::vector<UserWeek> weeks_;
  std::vector<Week> rates_;
};

}  // namespace

void each_connect_cell(const TimeGrid& grid, const std::vector<UserSessions>& users,
                       const ConnectOptions& options,
                       const std::function<void(const ConnectCell& cell)>& visit) {
  Walk(grid, users, options, visit).walk();
}

}  // namespace deskloom::predict
