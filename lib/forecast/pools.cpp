#include "forecast/pools.hpp"

#include <algorithm>

#include "forecast/packing.hpp"

namespace deskloom::forecast {
namespace {

// Of a pool's users, or their arrivals in an hour: more than there are people.
constexpr float most_amount = 1e12F;
// Hours since 1970 that come after all that is recorded.
constexpr std::int64_t last_hour = 1 << 28;

void check(std::int64_t first_hour, std::size_t arrivals, std::size_t concurrent) {
  if (first_hour < 0 || first_hour > last_hour || arrivals != concurrent) throw Unpacker::broken();
}

}  // namespace

std::string pack_amounts(const std::vector<float>& amounts) {
  Packer packer;
  for (const float amount : amounts) packer.put(amount);
  return packer.take();
}

std::vector<float> unpack_amounts(std::span<const std::byte> packed) {
  Unpacker unpacker(packed);
  std::vector<float> amounts;
  while (!unpacker.is_empty()) amounts.push_back(unpacker.amount(most_amount));
  return amounts;
}

std::string pack_quantiles(const std::vector<predict::Quantiles>& hours) {
  Packer packer;
  for (const predict::Quantiles& hour : hours)
    for (const float quantile : hour) packer.put(quantile);
  return packer.take();
}

std::vector<predict::Quantiles> unpack_quantiles(std::span<const std::byte> packed) {
  Unpacker unpacker(packed);
  std::vector<predict::Quantiles> hours;
  while (!unpacker.is_empty()) {
    predict::Quantiles& hour = hours.emplace_back();
    for (float& quantile : hour) quantile = unpacker.amount(most_amount);
    if (!std::ranges::is_sorted(hour)) throw Unpacker::broken();
  }
  return hours;
}

std::vector<PoolHours> pool_hours(const Store& store) {
  auto row = store.db().prepare(
      "SELECT pool, users, first_hour, arrivals, concurrent FROM pool_hours ORDER BY pool");
  std::vector<PoolHours> pools;
  while (row.step()) {
    pools.push_back(
        {row.text(0), row.text(1), row.integer(2), unpack_amounts(row.blob(3)), unpack_amounts(row.blob(4))});
    const PoolHours& pool = pools.back();
    check(pool.first_hour, pool.arrivals.size(), pool.concurrent.size());
  }
  return pools;
}

void put_pool_hours(Store& store, const std::vector<PoolHours>& pools) {
  base::Transaction transaction(store.db());
  store.db().execute("DELETE FROM pool_hours");
  auto insert = store.db().prepare("INSERT INTO pool_hours VALUES (?, ?, ?, ?, ?)");
  for (const PoolHours& pool : pools) {
    const std::string arrivals = pack_amounts(pool.arrivals), concurrent = pack_amounts(pool.concurrent);
    insert.restart().bind(pool.pool).bind(pool.users).bind(pool.first_hour);
    insert.bind(bytes_of(arrivals)).bind(bytes_of(concurrent)).run();
  }
  transaction.commit();
}

std::vector<PoolForecast> pool_forecasts(const Store& store) {
  auto row =
      store.db().prepare("SELECT pool, first_hour, arrivals, concurrent FROM pool_forecasts ORDER BY pool");
  std::vector<PoolForecast> pools;
  while (row.step()) {
    pools.push_back(
        {row.text(0), row.integer(1), unpack_quantiles(row.blob(2)), unpack_quantiles(row.blob(3))});
    const PoolForecast& pool = pools.back();
    check(pool.first_hour, pool.arrivals.size(), pool.concurrent.size());
  }
  return pools;
}

void put_pool_forecasts(Store& store, const std::vector<PoolForecast>& pools) {
  base::Transaction transaction(store.db());
  store.db().execute("DELETE FROM pool_forecasts");
  auto insert = store.db().prepare("INSERT INTO pool_forecasts VALUES (?, ?, ?, ?)");
  for (const PoolForecast& pool : pools) {
    const std::string arrivals = pack_quantiles(pool.arrivals), concurrent = pack_quantiles(pool.concurrent);
    insert.restart()
        .bind(pool.pool)
        .bind(pool.first_hour)
        .bind(bytes_of(arrivals))
        .bind(bytes_of(concurrent))
        .run();
  }
  transaction.commit();
}

}  // namespace deskloom::forecast
