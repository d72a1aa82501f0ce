#include "predict/heads/lengths.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "predict/heads/sampling.hpp"
#include "predict/length/learning.hpp"
#include "predict/length/walk.hpp"
#include "predict/quantile_mixture.hpp"
#include "predict/weekly_walk.hpp"

namespace deskloom::predict {
namespace {

constexpr double most_learnt = 60'000, most_validated = 20'000;  // sessions
constexpr std::int64_t learnt_slots = 20 * slots_per_week;
constexpr float least_spread_h = 1.0F / 60;

float level(float hours) { return std::log(hours + least_spread_h); }

float spread_h(const Quantiles& hours) { return spread_of(hours, least_spread_h); }

std::vector<float> row_of(const Quantiles& hours, std::span<const EndedSession> past,
                          const LengthMoment& moment) {
  std::vector<float> row;
  for (const float quantile : hours) row.push_back(level(quantile));
  const double week = 2 * std::numbers::pi * moment.hour_of_week_slot / slots_per_week, day = 7 * week;
  row.push_back(level(past.empty() ? hours[median_level] : past.back().hours));
  for (const double value :
       {std::log1p(static_cast<double>(past.size())), std::sin(day), std::cos(day), std::sin(2 * day),
        std::cos(2 * day), std::sin(week), std::cos(week), moment.is_free_day ? 1.0 : 0.0})
    row.push_back(static_cast<float>(value));
  return row;
}

}  // namespace

Quantiles forecast_length(const LengthForecaster& forecaster, const LengthHabits& habits,
                          std::span<const EndedSession> past, const LengthMoment& moment,
                          const HeadOfUser& head) {
  Quantiles hours = forecaster.forecast(habits, past, moment);
  const float spread = spread_h(hours);
  correct_quantiles(head, row_of(hours, past, moment), {&spread, 1}, {&hours, 1});
  return hours;
}

HeadSet length_head_set(const Dataset& dataset, std::span<const std::size_t> groups, std::int64_t lead_s,
                        std::int64_t validated_from, Knowledge& knowledge) {
  HeadSet set(HeadKind::quantiles, length_head_inputs);
  const LengthForecaster base(learn_lengths(dataset.grid, dataset.users, validated_from, lead_s, groups));
  const std::int64_t until = dataset.grid.slots();
  const std::int64_t from = std::min(std::max(settling_slots, validated_from - learnt_slots), validated_from);
  const auto sampler = [&](double most, std::int64_t first, std::int64_t last) {
    return sampler_of(most, dataset.users, &UserSessions::sessions, &domain::Session::begin_s,
                      dataset.grid.time_s(first), dataset.grid.time_s(last));
  };
  Sampler learnt = sampler(most_learnt, from, validated_from);
  Sampler validated = sampler(most_validated, validated_from, until);
  each_length(
      dataset.grid, dataset.users, from, until, lead_s,
      [&](const LengthTarget& target) {
        const bool is_learnt = target.slot < validated_from;
        if (!(is_learnt ? learnt : validated).takes()) return;
        const Quantiles hours = base.forecast(target.habits, target.past, target.moment);
        (is_learnt ? set.learnt : set.validated)
            .add_amount(row_of(hours, target.past, target.moment), hours, spread_h(hours), target.hours, 1,
                        knowledge.row(dataset.users[target.user].user, target.moment.begin_s - lead_s));
      },
      groups);
  return set;
}

}  // namespace deskloom::predict
