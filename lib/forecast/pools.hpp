#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "forecast/store.hpp"
#include "predict/quantiles.hpp"

namespace deskloom::forecast {

// What was asked of a pool, hour by hour.
struct PoolHours {
  std::string pool;
  std::string users;              // the patterns by which they were counted
  std::int64_t first_hour = 0;    // since 1970
  std::vector<float> arrivals;    // sessions that began
  std::vector<float> concurrent;  // users at once, in the mean
};

// What will be asked, hour by hour: see predict::quantile_levels.
struct PoolForecast {
  std::string pool;
  std::int64_t first_hour = 0;
  std::vector<predict::Quantiles> arrivals, concurrent;
};

std::vector<PoolHours> pool_hours(const Store& store);  // by pool
// Replaces all, in the caller's transaction.
void put_pool_hours(Store& store, const std::vector<PoolHours>& pools);

// What lies in the BLOBs: see formats(7). Reading throws Error(corrupt) for bytes that nobody has written.
std::string pack_amounts(const std::vector<float>& amounts);
std::vector<float> unpack_amounts(std::span<const std::byte> packed);
std::string pack_quantiles(const std::vector<predict::Quantiles>& hours);
std::vector<predict::Quantiles> unpack_quantiles(std::span<const std::byte> packed);

std::vector<PoolForecast> pool_forecasts(const Store& store);  // by pool
void put_pool_forecasts(Store& store, const std::vector<PoolForecast>& pools);

}  // namespace deskloom::forecast
