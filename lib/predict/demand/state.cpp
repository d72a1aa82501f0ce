#include "predict/demand/state.hpp"

#include <algorithm>
#include <cmath>

namespace deskloom::predict {
namespace {

constexpr double recent_visits = 1.5, faster_visits = 4, usual_visits = 8, slower_visits = 16;
constexpr double recent_day_visits = 5, day_visits = 20;
// Visits that what is known of similar hours stands for.
constexpr double borrowed_visits = 0.2;
constexpr double least_usual = 0.02;
// Added to both sides of a ratio, so that small amounts say little.
constexpr double profile_calm = 0.05, level_calm = 2, hour_calm = 0.5;
constexpr std::size_t working_days = 5, days_per_week = 7;
constexpr std::size_t month_hours = 28 * hours_per_day, last_hours = 6;
constexpr double last_hours_fading = 0.8;  // with every hour ahead
constexpr float firm = 500, loose = 20;    // strengths of priors, in arrivals

// Working days are alike; a Saturday and a Sunday are each like the others.
std::size_t similar_cell(std::size_t hour_of_week) {
  const std::size_t day = hour_of_week / hours_per_day;
  const std::size_t kind = day < working_days ? 0 : day - working_days + 1;
  return kind * hours_per_day + hour_of_week % hours_per_day;
}
constexpr std::size_t similar_cells = (days_per_week - working_days + 1) * hours_per_day;

double log_ratio(double amount, double usual, double calm) {
  return std::log((amount + calm) / (usual + calm));
}

// The newest hour a multiple of cycle before this one that lies before the origin.
std::size_t last_alike(std::size_t hour, std::size_t origin, std::size_t cycle) {
  const std::size_t cycles = (hour - origin) / cycle + 1;
  return hour >= cycles * cycle ? hour - cycles * cycle : origin;
}

}  // namespace

// In the order of the features.
const std::array<WeightPrior, demand_features> demand_priors{{
    {0, 5},          // 1
    {1, firm},       // usual
    {0, firm},       // recent
    {0, firm},       // faster
    {0, firm},       // slower
    {0, firm},       // hours around
    {0.4F, firm},    // similar days, recently
    {0.3F, firm},    // similar days
    {0.1F, firm},    // last day
    {0.3F, firm},    // last week
    {0, firm},       // last four weeks
    {0, firm},       // last hours
    {0, firm},       // yesterday
    {0, firm},       // a week ago
    {-1.5F, loose},  // holiday
    {-0.4F, loose},  // bridge day
    {0.2F, firm},    // users' own models
    {0, loose}       // meetings of everybody
}};

DemandState::DemandState(const DemandSeries& series, const SmoothingGains& gains)
    : series_(series),
      smoothing_(gains),
      usual_(hours_per_week, usual_visits),
      recent_(hours_per_week, recent_visits),
      faster_(hours_per_week, faster_visits),
      slower_(hours_per_week, slower_visits),
      recent_days_(similar_cells, recent_day_visits),
      days_(similar_cells, day_visits),
      all_days_(hours_per_day, day_visits) {}

void DemandState::advance_to(std::size_t origin) {
  while (this->origin() < origin) take(this->origin());
}

void DemandState::take(std::size_t hour) {
  const double amount = known_or_nan(series_.amounts, hour);
  Level level = levels_.back();
  if (!std::isfinite(amount) || kind_of_day(series_, hour) != DayKind::ordinary) {
    smoothing_.pass();
    levels_.push_back(level);
    return;
  }
  level.amount += amount;
  level.usual += known_hours_ < hours_per_week ? amount : usual(hour);  // nothing is usual in the first week
  levels_.push_back(level);
  const std::size_t cell = hour_of_week(hour);
  for (FadingProfile* profile : {&usual_, &recent_, &faster_, &slower_}) profile->add(cell, amount);
  for (FadingProfile* profile : {&recent_days_, &days_}) profile->add(similar_cell(cell), amount);
  all_days_.add(cell % hours_per_day, amount);
  smoothing_.add(cell, amount);
  ++known_hours_;
}

std::size_t DemandState::hour_of_week(std::size_t hour) const {
  return static_cast<std::size_t>(series_.hours_of_week[hour]);
}

double DemandState::similar(const FadingProfile& days, std::size_t hour_of_week) const {
  const double mean = levels_.back().amount / static_cast<double>(known_hours_ + 1);
  const double any_day = all_days_.mean(hour_of_week % hours_per_day, mean, borrowed_visits);
  return days.mean(similar_cell(hour_of_week), any_day, borrowed_visits);
}

double DemandState::usual_in(std::size_t hour_of_week) const {
  return std::max(usual_.mean(hour_of_week, similar(days_, hour_of_week), borrowed_visits), least_usual);
}

double DemandState::usual(std::size_t hour) const { return usual_in(hour_of_week(hour)); }

double DemandState::smoothed(std::size_t hour) const {
  return smoothing_.mean(hour_of_week(hour), hour - origin() + 1);
}

// The last hours before the origin against what was usual then.
double DemandState::log_level(std::size_t hours) const {
  const Level now = levels_.back(), then = levels_[origin() - std::min(hours, origin())];
  return log_ratio(now.amount - then.amount, now.usual - then.usual, level_calm);
}

// An hour and its neighbours, before the origin; the hour counts twice, and all four for one.
double DemandState::log_level_around(std::size_t hour) const {
  Level sum;
  const auto add = [&](std::size_t from, std::size_t until) {
    sum.amount += (levels_[until].amount - levels_[from].amount) / 4;
    sum.usual += (levels_[until].usual - levels_[from].usual) / 4;
  };
  if (hour < origin()) add(hour, hour + 1);
  add(std::min(hour - std::min<std::size_t>(hour, 1), origin()), std::min(hour + 2, origin()));
  return log_ratio(sum.amount, sum.usual, hour_calm);
}

DemandFeatures DemandState::features(std::size_t hour) const {
  const std::size_t cell = hour_of_week(hour), ahead = hour - origin();
  const double usual = usual_in(cell), similar = this->similar(days_, cell);
  const auto against = [&](double amount) { return log_ratio(amount, usual, profile_calm); };
  const double around = (usual_in((cell + 1) % hours_per_week) + 2 * usual +
                         usual_in((cell + hours_per_week - 1) % hours_per_week)) /
                        4;
  const double expected = known_or_nan(series_.expected, hour);
  const double all_hands = known_or_nan(series_.all_hands, hour);
  const DayKind kind = kind_of_day(series_, hour);
  const std::array<double, demand_features> values{
      1,
      std::log(usual),
      against(recent_.mean(cell, similar, borrowed_visits)),
      against(faster_.mean(cell, similar, borrowed_visits)),
      against(slower_.mean(cell, similar, borrowed_visits)),
      against(around),
      against(this->similar(recent_days_, cell)),
      against(similar),
      log_level(hours_per_day),
      log_level(hours_per_week),
      log_level(month_hours),
      log_level(last_hours) * std::pow(last_hours_fading, ahead),
      log_level_around(last_alike(hour, origin(), hours_per_day)),
      log_level_around(last_alike(hour, origin(), hours_per_week)),
      kind == DayKind::holiday ? 1.0 : 0.0,
      kind == DayKind::bridge ? 1.0 : 0.0,
      std::isfinite(expected) ? against(expected) : 0,
      std::isfinite(all_hands) ? std::min(all_hands, 1.0) : 0};
  DemandFeatures features{};
  std::ranges::transform(values, features.begin(), [](double value) { return static_cast<float>(value); });
  return features;
}

}  // namespace deskloom::predict
