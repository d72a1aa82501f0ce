#include "operation/pool_demand.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "operation/pool_choice.hpp"
#include "operation/users_demand.hpp"
#include "predict/demand/forecast.hpp"

namespace deskloom::operation {
namespace {

constexpr std::int64_t hour_s = 3600;
constexpr std::size_t most_hours = 560 * predict::hours_per_day;  // that are kept

std::string patterns_of(const policy::Pool& pool) { return base::join(pool.users, " "); }

}  // namespace

predict::DemandSeries series_of(const UsageSource& source, const forecast::PoolHours& pool,
                                std::size_t ahead) {
  const std::size_t hours = pool.arrivals.size() + ahead;
  const auto from = base::from_seconds(pool.first_hour * hour_s);
  const auto until = from + std::chrono::hours(hours);
  predict::DemandSeries series;
  for (std::size_t hour = 0; hour < hours; ++hour) {
    const auto local = source.zone.local(from + std::chrono::hours(hour));
    const auto day = std::chrono::floor<std::chrono::days>(local);
    const auto weekday = std::chrono::weekday(day).iso_encoding() - 1;
    series.hours_of_week.push_back(static_cast<std::int16_t>(
        weekday * predict::hours_per_day +
        static_cast<std::size_t>(std::chrono::floor<std::chrono::hours>(local - day).count())));
  }
  series.holidays.resize(hours);
  for (const predict::CalendarMark& mark : calendars_of(source, {}, from, until).everybody) {
    if (!mark.is_all_day) continue;
    const std::int64_t end =
        std::min((mark.end_s + hour_s - 1) / hour_s - pool.first_hour, static_cast<std::int64_t>(hours));
    for (std::int64_t hour = std::max<std::int64_t>(mark.begin_s / hour_s - pool.first_hour, 0); hour < end;
         ++hour)
      series.holidays[static_cast<std::size_t>(hour)] = 1;
  }
  return series;
}

namespace {

void trim(std::vector<float>& amounts) {
  if (amounts.size() > most_hours)
    amounts.erase(amounts.begin(), amounts.end() - static_cast<std::ptrdiff_t>(most_hours));
}

}  // namespace

PoolCounter::PoolCounter(const policy::Policy& policy, std::int64_t first, std::int64_t last)
    : policy_(policy), first_(first), last_(last) {
  const auto hours = static_cast<std::size_t>(std::max<std::int64_t>(last - first, 0));
  for (const auto& [name, pool] : policy.pools) {
    pools_.push_back({name, patterns_of(pool), first, std::vector<float>(hours), std::vector<float>(hours)});
  }
}

void PoolCounter::add(const std::string& user, const std::vector<domain::Session>& sessions) {
  const policy::Pool* serving = pool_serving(policy_, user);
  if (serving == nullptr) return;
  forecast::PoolHours& pool = *std::ranges::find(pools_, serving->name, &forecast::PoolHours::pool);
  for (const domain::Session& session : sessions) {
    const std::int64_t begin = session.begin_s / hour_s;
    const std::int64_t end = std::min((session.end_s - 1) / hour_s, last_ - 1);
    if (begin >= first_ && begin < last_) ++pool.arrivals[static_cast<std::size_t>(begin - first_)];
    for (std::int64_t hour = std::max(begin, first_); hour <= end; ++hour) {
      const std::int64_t there_s =
          std::min(session.end_s, (hour + 1) * hour_s) - std::max(session.begin_s, hour * hour_s);
      pool.concurrent[static_cast<std::size_t>(hour - first_)] += static_cast<float>(there_s) / hour_s;
    }
  }
}

std::vector<forecast::PoolHours> PoolCounter::behind(std::vector<forecast::PoolHours> before) const {
  std::vector<forecast::PoolHours> all = pools_;
  for (forecast::PoolHours& pool : all) {
    const auto found = std::ranges::find(before, pool.pool, &forecast::PoolHours::pool);
    if (found == before.end()) continue;
    for (const PoolDemandKind& kind : pool_demand_kinds) {
      std::vector<float>& amounts = (*found).*kind.counted;
      amounts.insert(amounts.end(), (pool.*kind.counted).begin(), (pool.*kind.counted).end());
      trim(amounts);
      pool.*kind.counted = std::move(amounts);
    }
    pool.first_hour = last_ - static_cast<std::int64_t>(pool.arrivals.size());
  }
  return all;
}

bool counts_pools_of(const policy::Policy& policy, const std::vector<forecast::PoolHours>& pools) {
  return pools.size() == policy.pools.size() &&
         std::ranges::all_of(pools, [&](const forecast::PoolHours& pool) {
           const auto found = policy.pools.find(pool.pool);
           return found != policy.pools.end() && patterns_of(found->second) == pool.users;
         });
}

void learn_pools(const UsageSource& source, const std::vector<forecast::PoolHours>& pools,
                 predict::ModelFile& file) {
  for (const forecast::PoolHours& pool : pools) {
    predict::DemandSeries series = series_of(source, pool, 0);
    for (const PoolDemandKind& kind : pool_demand_kinds) {
      series.amounts = pool.*kind.counted;
      predict::put_demand_model(file, pool.pool + kind.name,
                                predict::learn_demand(series, series.amounts.size()));
    }
  }
}

std::vector<forecast::PoolForecast> foretell_pools(const UsageSource& source,
                                                   const std::vector<forecast::PoolHours>& pools,
                                                   const UsersDemand& users, const predict::ModelFile& file) {
  const auto ahead = static_cast<std::size_t>(source.policy.forecast.horizon_hours);
  std::vector<forecast::PoolForecast> forecasts;
  for (const forecast::PoolHours& pool : pools) {
    predict::DemandSeries series = series_of(source, pool, ahead);
    forecast::PoolForecast forecast{
        pool.pool, pool.first_hour + static_cast<std::int64_t>(pool.arrivals.size()), {}, {}};
    for (const PoolDemandKind& kind : pool_demand_kinds) {
      series.amounts = pool.*kind.counted;
      const std::string of = pool.pool + kind.name;
      const auto model = predict::demand_model_in(file, of).value_or(predict::DemandModel{});
      auto& hours = forecast.*kind.foretold;
      hours = predict::forecast_demand(model, series, kind.kind, series.amounts.size(), ahead);
      const auto sum = predict::sum_model_in(file, of);
      for (std::size_t hour = 0; sum && hour < hours.size(); ++hour) {
        if (users.covers(hour))
          hours[hour] = predict::quantiles_of(*sum, (users.of(pool.pool).*kind.summed)[hour], kind.kind);
      }
    }
    forecasts.push_back(std::move(forecast));
  }
  return forecasts;
}

}  // namespace deskloom::operation
