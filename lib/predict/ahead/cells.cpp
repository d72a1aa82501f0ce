#include "predict/ahead/cells.hpp"

#include <algorithm>

#include "predict/spread.hpp"
#include "predict/weekly_walk.hpp"

namespace deskloom::predict {
namespace {

constexpr std::int64_t furthest = 2 * slots_per_day;

std::uint64_t question(const TimeGrid& grid, std::size_t user, std::int64_t target, std::size_t band) {
  const auto slot = user * static_cast<std::uint64_t>(grid.slots()) + static_cast<std::uint64_t>(target);
  return slot * horizon_bands.size() + band;
}

class Choosing {
 public:
  Choosing(const TimeGrid& grid, const Calendars& calendars, const AheadChoice& choice,
           const std::function<void(const AheadCell& cell)>& visit)
      : grid_(grid), calendars_(grid, calendars), choice_(choice), visit_(visit) {}

  void look_at(const WalkedWeek& week) const {
    for (std::size_t user = 0; user < week.users.size(); ++user) {
      const std::int64_t end = std::min(week.last + furthest, choice_.until);
      for (std::int64_t target = std::max(week.first, choice_.from); target < end; ++target) {
        for (std::size_t band = 0; band < horizon_bands.size(); ++band) choose(week, user, target, band);
      }
    }
  }

 private:
  void choose(const WalkedWeek& week, std::size_t user, std::int64_t target, std::size_t band) const {
    const UserWeek& of_user = week.users[user];
    const bool connects = of_user.connects(target, target + 1) > 0;
    if (!connects && choice_.idle_share < 1 &&
        spread(question(grid_, user, target, band)) >= choice_.idle_share) {
      return;
    }
    const std::int64_t origin = target - ahead_of(grid_, user, target, band);
    if (origin < std::max(week.first, choice_.from) || origin >= week.last || grid_.is_excluded(target))
      return;
    AheadCell cell;
    cell.user = user;
    cell.origin = origin;
    cell.target = target;
    cell.band = band;
    cell.weight = connects ? 1 : 1 / choice_.idle_share;
    cell.was_away = of_user.is_away(origin);
    cell.connects = connects;
    cell.present = of_user.is_present(target);
    const auto hour = static_cast<std::size_t>(grid_.hour_of_week(target));
    cell.there_by_habit = week.rates[user].present[hour];
    // Who is away when the slot is decided is not there, whatever the habit says.
    cell.by_habit = week.rates[user].connects[hour] * (band == 0 ? 1 : 1 - cell.there_by_habit);
    cell.features = ahead_features_of(grid_, week.turnout, week.of_all, calendars_,
                                      {of_user, week.rates[user], user}, origin, target);
    visit_(cell);
  }

  const TimeGrid& grid_;
  KnownFuture calendars_;
  AheadChoice choice_;
  const std::function<void(const AheadCell& cell)>& visit_;
};

}  // namespace

std::int64_t ahead_of(const TimeGrid& grid, std::size_t user, std::int64_t target, std::size_t band) {
  const std::int64_t begin = horizon_bands[band];
  const std::int64_t end = band + 1 < horizon_bands.size() ? horizon_bands[band + 1] : furthest;
  return begin + static_cast<std::int64_t>(spread(~question(grid, user, target, band)) *
                                           static_cast<double>(end - begin));
}

void each_ahead_cell(const TimeGrid& grid, const std::vector<UserSessions>& users, const Calendars& calendars,
                     const ConnectOptions& options, const AheadChoice& choice,
                     const std::function<void(const AheadCell& cell)>& visit) {
  const Choosing choosing(grid, calendars, choice, visit);
  each_week(grid, users, options, furthest, [&](const WalkedWeek& week) { choosing.look_at(week); });
}

}  // namespace deskloom::predict
