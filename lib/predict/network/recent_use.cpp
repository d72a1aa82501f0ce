#include "predict/network/recent_use.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace deskloom::predict {
namespace {

constexpr double most_surprise = 1;  // what is beyond tells a network nothing that it could have learnt
constexpr std::int64_t month_slots = 28 * slots_per_day;
constexpr std::int64_t hour_slots = 4;
constexpr std::int64_t never = 1'000'000;  // slots
constexpr double hour_s = 3600;
constexpr double never_away_h = 2000;
constexpr float least = 1e-6F, most = 0.9F;
constexpr double usual_turnout = 1;
constexpr int weekend = 5;  // days of the week from there on

double logit(double p) { return std::log(p / (1 - p)); }
double logit_of(const Week& rates, int hour_of_week) {
  const int wrapped = (hour_of_week + slots_per_week) % slots_per_week;
  return logit(std::clamp(rates[static_cast<std::size_t>(wrapped)], least, most));
}

}  // namespace

Crowd::Crowd(std::int64_t first, std::int64_t last, std::size_t groups) : first_(first) {
  const auto slots = static_cast<std::size_t>(last - first) + 1;
  groups_.resize(groups, {std::vector<float>(slots), std::vector<float>(slots)});
}

Crowd::Crowd(const TimeGrid& grid, const WalkedWeek& week, std::span<const std::size_t> group_of)
    : Crowd(week.first, week.last, group_of.empty() ? 0 : std::ranges::max(group_of) + 1) {
  const auto slots = static_cast<std::size_t>(week.last - week.first);
  std::vector<std::vector<double>> connects(groups_.size(), std::vector<double>(slots)), expected = connects;
  for (std::size_t user = 0; user < group_of.size(); ++user) {
    for (std::size_t at = 0; at < slots; ++at) {
      const std::int64_t slot = week.first + static_cast<std::int64_t>(at);
      const auto hour = static_cast<std::size_t>(grid.hour_of_week(slot));
      connects[group_of[user]][at] += week.users[user].connects(slot, slot + 1);
      if (week.users[user].is_away(slot)) expected[group_of[user]][at] += week.rates[user].connects[hour];
    }
  }
  for (std::size_t group = 0; group < groups_.size(); ++group) {
    for (std::size_t at = 0; at < slots; ++at)
      add(group, week.first + static_cast<std::int64_t>(at), connects[group][at], expected[group][at]);
  }
}

void Crowd::add(std::size_t group, std::int64_t slot, double connects, double expected) {
  Sums& sums = groups_[group];
  const auto at = static_cast<std::size_t>(slot - first_);
  sums.connects[at + 1] = sums.connects[at] + static_cast<float>(connects);
  sums.expected[at + 1] = sums.expected[at] + static_cast<float>(expected);
}

double Crowd::surprise(std::size_t group, std::int64_t from, std::int64_t until) const {
  const Sums& sums = groups_[group];
  const auto last = static_cast<std::int64_t>(sums.connects.size()) - 1;
  const auto begin = static_cast<std::size_t>(std::clamp<std::int64_t>(from - first_, 0, last));
  const auto end = static_cast<std::size_t>(std::clamp<std::int64_t>(until - first_, 0, last));
  if (end <= begin) return 0;
  const double surprise = std::log((sums.connects[end] - sums.connects[begin] + usual_turnout) /
                                   (sums.expected[end] - sums.expected[begin] + usual_turnout));
  return std::clamp(surprise, -most_surprise, most_surprise);
}

RecentUse::RecentUse(const TimeGrid& grid, const Crowd& crowd, const Endings& endings, const RecentView& view,
                     std::int64_t lead_s)
    : grid_(grid),
      crowd_(crowd),
      endings_(endings),
      view_(view),
      week_(view.week),
      sessions_(view.past.sessions),
      lead_s_(lead_s) {
  read_days();
}

void RecentUse::read_days() {
  std::int64_t slot = grid_.day_begin(std::max<std::int64_t>(view_.first - month_slots, 0));
  auto session = std::ranges::lower_bound(sessions_, grid_.time_s(slot), {}, &domain::Session::begin_s);
  while (slot < view_.last) {
    std::int64_t next = slot + 1;
    while (next < grid_.slots() && grid_.day_begin(next) == slot) ++next;
    Day day{slot, never, grid_.hour_of_week(slot) / slots_per_day >= weekend};
    if (session != sessions_.end() && session->begin_s < grid_.time_s(next))
      day.first_connect = grid_.slot_of(session->begin_s) - slot;
    while (session != sessions_.end() && session->begin_s < grid_.time_s(next)) ++session;
    days_.push_back(day);
    slot = next;
  }
}

std::size_t RecentUse::ended(std::int64_t slot) const { return view_.past.left_out + ended_of_listed(slot); }

std::size_t RecentUse::ended_of_listed(std::int64_t slot) const {
  const auto end =
      std::ranges::upper_bound(sessions_, grid_.time_s(slot) - lead_s_, {}, &domain::Session::end_s);
  return static_cast<std::size_t>(end - sessions_.begin());
}

// Of the days of the last month that were like the target's, weekend or not.
struct RecentUse::FirstConnects {
  double days = 0;     // alike
  double came = 0;     // with a connect
  double not_yet = 0;  // with none by the target's time of the day, but later
  double soon = 0;     // of these, within the hour from then on
};

RecentUse::FirstConnects RecentUse::first_connects(std::int64_t origin, std::int64_t target) const {
  FirstConnects found;
  const std::int64_t today = grid_.day_begin(target), time = target - today;
  const bool is_weekend = grid_.hour_of_week(target) / slots_per_day >= weekend;
  for (const Day& day : days_) {
    // Days that were over when it was decided.
    if (day.begin + slots_per_day + hour_slots > origin || day.begin >= today) break;
    if (day.begin < today - month_slots || day.is_weekend != is_weekend) continue;
    ++found.days;
    if (day.first_connect < never) ++found.came;
    if (day.first_connect < never && day.first_connect >= time) ++found.not_yet;
    if (day.first_connect >= time && day.first_connect < time + hour_slots) ++found.soon;
  }
  return found;
}

// Of the last gaps between sessions: what became of those that lasted as long as the user is away by now.
struct RecentUse::Gaps {
  double longer = 0;             // at least so long
  double quarter = 0, hour = 0;  // of these, those that ended within that time
  double median_h = 0, last_h = 0;
};

RecentUse::Gaps RecentUse::gaps(std::size_t ended, double away_h) const {
  Gaps found;
  std::array<float, most_gaps> lengths{};
  std::size_t count = 0;
  for (std::size_t i = ended; i-- > 1 && count < most_gaps;) {
    const double gap_h = static_cast<double>(sessions_[i].begin_s - sessions_[i - 1].end_s) / hour_s;
    lengths[count++] = static_cast<float>(gap_h);
    if (gap_h < away_h) continue;
    ++found.longer;
    if (gap_h < away_h + 0.25) ++found.quarter;
    if (gap_h < away_h + 1) ++found.hour;
  }
  if (count == 0) return found;
  found.last_h = lengths[0];
  const auto middle = lengths.begin() + static_cast<std::ptrdiff_t>(count / 2);
  std::nth_element(lengths.begin(), middle, lengths.begin() + static_cast<std::ptrdiff_t>(count));
  found.median_h = *middle;
  return found;
}

RecentFeatures RecentUse::features(std::int64_t origin, std::int64_t target) const {
  const std::int64_t known = origin - 1, today = grid_.day_begin(target);
  const int hour = grid_.hour_of_week(target);
  const auto within = [&](std::int64_t slots) {
    return std::log1p(static_cast<double>(week_.connects(known - slots, known)));
  };
  const std::int64_t away_s = week_.away_for_s(origin);
  const double away_h = away_s < 0 ? never_away_h : static_cast<double>(away_s) / hour_s;
  const double ahead_h = static_cast<double>(target - origin) / hour_slots;
  const auto days_at_this_time = [&](std::int64_t every, int times, std::int64_t around) {
    double days = 0;
    for (int i = 1; i <= times; ++i) {
      const std::int64_t then = target - i * every;
      days += week_.connects(then - around, std::min(then + around + 1, known)) > 0 ? 1 : 0;
    }
    return days / times;
  };
  const auto days_alike = first_connects(origin, target);
  const bool came_today = week_.connects(today, known) > 0;
  const HabitRates& rates = view_.rates;
  const std::size_t listed = ended_of_listed(origin), ended = view_.past.left_out + listed;
  const double last_h =
      listed == 0 ? 0
                  : static_cast<double>(sessions_[listed - 1].end_s - sessions_[listed - 1].begin_s) / hour_s;
  const auto around_last_end = [&](auto... group) {
    return listed == 0 ? 0 : endings_.surprise_around(group..., sessions_[listed - 1].end_s, origin);
  };
  const double seen_days =
      ended == 0 ? 0 : static_cast<double>(grid_.time_s(origin) - view_.past.since_s) / (24 * hour_s);
  const Gaps gaps = this->gaps(listed, away_h + ahead_h);
  const auto alike_at_this_time = [&](std::int64_t around) {
    double days = 0, hits = 0;
    const bool is_weekend = hour / slots_per_day >= weekend;
    for (int i = 1; i <= 28; ++i) {
      const std::int64_t then = target - i * slots_per_day;
      if (then < 0 || (grid_.hour_of_week(then) / slots_per_day >= weekend) != is_weekend) continue;
      ++days;
      hits += week_.connects(then - around, std::min(then + around + 1, known));
    }
    return std::log((hits + 0.1) / (days * static_cast<double>(2 * around + 1) + 1));
  };
  const double turn = 2 * std::numbers::pi * hour / slots_per_day, week = turn / 7;
  const std::array<double, recent_features> values{
      std::log1p(away_h),
      std::log1p(away_h + ahead_h),
      within(hour_slots),
      within(3 * hour_slots),
      within(slots_per_day),
      days_at_this_time(slots_per_day, 7, 2),
      days_at_this_time(slots_per_day, 7, 0),
      days_at_this_time(slots_per_week, 4, 4),
      days_at_this_time(slots_per_week, 4, 1),
      (days_alike.came + 0.5) / (days_alike.days + 1),
      came_today ? 0 : (days_alike.not_yet + 0.5) / (days_alike.came + 1),
      came_today
          ? 0
          : std::log((days_alike.soon + 0.25) / (days_alike.not_yet + days_alike.days - days_alike.came + 1)),
      crowd_.surprise(view_.group, today, known),
      crowd_.surprise(view_.group, known - hour_slots, known),
      logit_of(rates.connects, hour - hour_slots),
      logit_of(rates.connects, hour - 1),
      logit_of(rates.connects, hour + 1),
      logit_of(rates.connects, hour + hour_slots),
      logit_of(rates.present, hour),
      std::log1p(static_cast<double>(ended)),
      std::log1p(std::max(seen_days, 0.0)),
      std::log1p(last_h),
      std::sin(turn),
      std::cos(turn),
      std::sin(2 * turn),
      std::cos(2 * turn),
      std::sin(week),
      std::cos(week),
      std::sin(2 * week),
      std::log1p(ahead_h),
      std::log1p(gaps.longer),
      std::log((gaps.quarter + 0.1) / (gaps.longer + 1)),
      std::log((gaps.hour + 0.2) / (gaps.longer + 1)),
      std::log1p(gaps.last_h) - std::log1p(away_h + ahead_h),
      std::log1p(gaps.median_h) - std::log1p(away_h + ahead_h),
      alike_at_this_time(1),
      alike_at_this_time(4),
      within(8 * hour_slots),
      within(3 * slots_per_day),
      last_h > 0 ? std::log1p(away_h + last_h) : 0,
      endings_.surprise(origin, 1),
      endings_.surprise(origin, hour_slots),
      endings_.surprise(origin, 3 * hour_slots),
      endings_.surprise(view_.group, origin, 1),
      endings_.surprise(view_.group, origin, hour_slots),
      endings_.surprise(view_.group, origin, 3 * hour_slots),
      around_last_end(),
      around_last_end(view_.group)};
  RecentFeatures features{};
  std::ranges::transform(values, features.begin(), [](double value) { return static_cast<float>(value); });
  return features;
}

}  // namespace deskloom::predict
