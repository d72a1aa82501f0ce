#include "predict/connect/features.hpp"

#include <algorithm>
#include <cmath>

#include "predict/weekly_walk.hpp"

namespace deskloom::predict {
namespace {

constexpr std::array<std::int64_t, 9> away_bins_h{1, 2, 4, 8, 14, 20, 40, 66, 114};
constexpr std::int64_t hour_s = 3600;
constexpr double most_today = 6;
constexpr double usual_surprise = 0.5;
constexpr double usual_turnout = 3;  // so many stand for how it always is
constexpr float least = 1e-6F, most = 0.9F;

double logit(double p) { return std::log(p / (1 - p)); }

std::size_t bin_of(std::int64_t away_for_s) {
  if (away_for_s < 0) return away_bins_h.size();
  const auto bin =
      std::ranges::upper_bound(away_bins_h, away_for_s, {}, [](std::int64_t h) { return h * hour_s; });
  return static_cast<std::size_t>(bin - away_bins_h.begin());
}

}  // namespace

Turnout::Turnout(const TimeGrid& grid)
    : grid_(grid),
      connects_(static_cast<std::size_t>(grid.slots()) + 1),
      expected_(static_cast<std::size_t>(grid.slots()) + 1) {}

void Turnout::add(std::int64_t slot, double connects, double expected) {
  const auto at = static_cast<std::size_t>(slot);
  connects_[at + 1] = connects_[at] + connects;
  expected_[at + 1] = expected_[at] + expected;
}

double Turnout::surprise(std::int64_t origin, std::int64_t target) const {
  const auto day = static_cast<std::size_t>(grid_.day_begin(target));
  // What happens in the slot of the decision is not known yet.
  const auto known = static_cast<std::size_t>(std::max<std::int64_t>(origin - 1, 0));
  if (known <= day) return 0;
  return std::log((connects_[known] - connects_[day] + usual_turnout) /
                  (expected_[known] - expected_[day] + usual_turnout));
}

ConnectFeatures features_of(const TimeGrid& grid, const Turnout& turnout, const UserWeek& week,
                            const Week& of_all, const Week& of_user, std::int64_t origin,
                            std::int64_t target) {
  const std::int64_t known = origin - 1, day = grid.day_begin(target);
  const auto hour = static_cast<std::size_t>(grid.hour_of_week(target));
  const double by_all = logit(std::clamp(of_all[hour], least, most)), by_user = logit(of_user[hour]);
  const int today = week.connects(day, known);
  const double active = today > 0 ? 1 : 0;
  // What is beyond stands by itself: a regression that has not seen it would go on with the line it has found
  // among usual days, which on a holiday led to ten times as many as ever came.
  const double turnout_is = turnout.surprise(origin, target);
  const double surprise = std::clamp(turnout_is, -usual_surprise, usual_surprise);
  const auto at_this_time = [&](std::int64_t before) {
    const std::int64_t from = target - before - 2, until = std::min(target - before + 3, known);
    return week.connects(from, until) > 0 ? 1.0 : 0.0;
  };
  const auto a_day = [&](std::int64_t days) {
    return std::log((week.connects(known - days * slots_per_day, known) + 0.5) / static_cast<double>(days));
  };
  const bool day_before = week.connects(day - slots_per_day, std::min(day, known)) > 0;
  const std::array<double, 14> values{1,
                                      by_all,
                                      by_user,
                                      a_day(28),
                                      a_day(7),
                                      active,
                                      std::min<double>(today, most_today) / most_today,
                                      day_before ? 1.0 : 0.0,
                                      at_this_time(slots_per_day),
                                      at_this_time(slots_per_week),
                                      surprise,
                                      active * by_user,
                                      active * surprise,
                                      std::min(turnout_is + usual_surprise, 0.0)};
  ConnectFeatures features{};
  std::ranges::transform(values, features.begin(), [](double value) { return static_cast<float>(value); });
  const std::size_t bin = bin_of(week.away_for_s(origin));
  if (bin > 0) features[values.size() + bin - 1] = 1;
  return features;
}

void each_connect_cell(const TimeGrid& grid, const std::vector<UserSessions>& users,
                       const ConnectOptions& options,
                       const std::function<void(const ConnectCell& cell)>& visit) {
  each_week(grid, users, options, 0, [&](const WalkedWeek& week) {
    ConnectCell cell;
    for (cell.user = 0; cell.user < users.size(); ++cell.user) {
      const UserWeek& of_user = week.users[cell.user];
      const Week& rates = week.rates[cell.user].connects;
      for (cell.slot = week.first; cell.slot < week.last; ++cell.slot) {
        if (!of_user.is_away(cell.slot)) continue;
        const auto hour = static_cast<std::size_t>(grid.hour_of_week(cell.slot));
        cell.connects = of_user.connects(cell.slot, cell.slot + 1) > 0;
        cell.by_user = rates[hour];
        cell.by_all = week.of_all.connects[hour];
        cell.features =
            features_of(grid, week.turnout, of_user, week.of_all.connects, rates, cell.slot, cell.slot);
        visit(cell);
      }
    }
  });
}

}  // namespace deskloom::predict
