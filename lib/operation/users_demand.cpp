#include "operation/users_demand.hpp"

#include <algorithm>

#include "operation/pool_choice.hpp"

namespace deskloom::operation {
namespace {

constexpr std::int64_t hour_s = 3600;
constexpr std::size_t slots_per_hour = hour_s / predict::slot_s;
constexpr std::size_t least_days = 14;  // half to correct sums with, half to compare on
constexpr std::size_t hours_per_day = predict::hours_per_day;

// One pool's demand of one kind in the days that were held out.
struct HeldOut {
  std::vector<predict::SummedHour> summed;
  std::vector<float> came;
  std::vector<predict::Quantiles> direct;

  void add(const predict::SummedHour& sum, float amount, const predict::Quantiles& by_pool) {
    summed.push_back(sum);
    came.push_back(amount);
    direct.push_back(by_pool);
  }

  bool is_sum_better(predict::DemandKind kind) const {
    const std::size_t half = came.size() / 2;
    const auto correction = predict::learn_sum(std::span(summed).first(half), std::span(came).first(half));
    predict::QuantileScorer of_sum, of_pool;
    for (std::size_t hour = half; hour < came.size(); ++hour) {
      of_sum.add(predict::quantiles_of(correction, summed[hour], kind), came[hour]);
      of_pool.add(direct[hour], came[hour]);
    }
    return loss(of_sum) < loss(of_pool);
  }

 private:
  // Low when quantiles are sharp and hold as often as they say; a pool is sized by the upper ones.
  static double loss(const predict::QuantileScorer& scorer) {
    const auto scores = scorer.scores();
    return scores.weighted_loss + scores.weighted_loss_95;
  }
};

}  // namespace

UsersDemand::UsersDemand(const policy::Policy& policy, std::int64_t first, std::size_t hours)
    : policy_(policy), first_(first), covered_(hours) {
  for (const auto& [name, pool] : policy.pools) {
    pools_[name] = {std::vector<predict::SummedHour>(hours), std::vector<predict::SummedHour>(hours)};
  }
}

void UsersDemand::add(const std::string& user, std::int64_t origin_s, std::span<const float> connects,
                      std::span<const float> present) {
  const policy::Pool* serving = pool_serving(policy_, user);
  const auto hour_of = [&](std::size_t slot) {
    return (origin_s + static_cast<std::int64_t>(slot) * predict::slot_s) / hour_s - first_;
  };
  for (std::size_t begin = 0, end = 0; begin < connects.size(); begin = end) {
    while (end < connects.size() && hour_of(end) == hour_of(begin)) ++end;
    const std::int64_t hour = hour_of(begin);
    if (hour < 0 || hour >= static_cast<std::int64_t>(covered_.size())) continue;
    const auto at = static_cast<std::size_t>(hour);
    covered_[at] = 1;
    if (serving == nullptr) continue;
    OfPool& pool = pools_.at(serving->name);
    const auto slots = static_cast<double>(end - begin);
    double there = 0;
    for (std::size_t slot = begin; slot < end; ++slot) {
      pool.arrivals[at].add(connects[slot], slots_per_hour / slots);
      there += present[slot] / slots;
    }
    pool.concurrent[at].add(there);
  }
}

void choose_sums(const UsageSource& source, const std::vector<predict::UserSessions>& users,
                 const predict::Calendars& calendars, const predict::TimeGrid& grid,
                 const predict::AheadModel& model, std::int64_t test_slot,
                 const std::vector<forecast::PoolHours>& pools, predict::ModelFile& file) {
  std::map<std::int64_t, UsersDemand> days;  // by their origins, in seconds since 1970
  predict::each_day_ahead(
      grid, users, calendars, {}, test_slot, grid.slots(), model,
      [&](std::size_t user, std::int64_t origin, const predict::AheadForecast& day) {
        const std::int64_t origin_s = grid.time_s(origin);
        auto& demand =
            days.try_emplace(origin_s, source.policy, origin_s / hour_s, hours_per_day).first->second;
        demand.add(users[user].user, origin_s, day.connects, day.present);
      });
  if (days.size() < least_days) return;
  for (const forecast::PoolHours& pool : pools) {
    predict::DemandSeries series = series_of(source, pool, 0);
    for (const PoolDemandKind& kind : pool_demand_kinds) {
      series.amounts = pool.*kind.counted;
      const auto first_test = grid.time_s(test_slot) / hour_s - pool.first_hour;
      if (first_test < 0 || first_test > static_cast<std::int64_t>(series.amounts.size())) continue;
      const auto learnt = predict::learn_demand(series, static_cast<std::size_t>(first_test));
      HeldOut held;
      for (const auto& [origin_s, demand] : days) {
        const auto origin = static_cast<std::size_t>(origin_s / hour_s - pool.first_hour);
        if (origin + hours_per_day > series.amounts.size()) break;
        const auto direct = predict::forecast_demand(learnt, series, kind.kind, origin, hours_per_day);
        for (std::size_t hour = 0; hour < hours_per_day; ++hour)
          held.add((demand.of(pool.pool).*kind.summed)[hour], series.amounts[origin + hour], direct[hour]);
      }
      if (held.is_sum_better(kind.kind))
        predict::put_sum_model(file, pool.pool + kind.name, predict::learn_sum(held.summed, held.came));
    }
  }
}

}  // namespace deskloom::operation
