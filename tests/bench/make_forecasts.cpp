// Fills a state directory with pools and a forecast of their users, beginning now:
//   make_forecasts DIRECTORY POOLS USERS
// and writes DIRECTORY/deskloom.toml. Users of pool N are called pN-…; everybody has an hour of their own.
#include <fmt/format.h>

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <string>

#include "base/error.hpp"
#include "base/fd.hpp"
#include "forecast/forecasts.hpp"
#include "forecast/pools.hpp"
#include "state/store.hpp"

using namespace deskloom;

namespace {

constexpr std::int64_t hour_s = 3600;
constexpr std::size_t hours = 24, slots = 96;

std::string pool_name(int pool) { return fmt::format("p{:03}", pool); }

void write_policy(const std::filesystem::path& directory, int pools) {
  std::string text = "time_zone = \"UTC\"\n";
  for (int pool = 0; pool < pools; ++pool)
    text += fmt::format("[pool.{0}]\nusers = [\"{0}-*\"]\nfloor = 1\nmax = 1000\n", pool_name(pool));
  base::write_file_durably(directory / "deskloom.toml", text);
}

forecast::UserForecast user_forecast(std::mt19937& random) {
  const double at = std::normal_distribution<double>(36, 6)(random);
  const double width = std::uniform_real_distribution<double>(1, 4)(random);
  forecast::UserForecast forecast;
  for (std::size_t slot = 0; slot < slots; ++slot) {
    const double away = (static_cast<double>(slot) - at) / width;
    forecast.connects.push_back(static_cast<float>(0.001 + 0.4 / width * std::exp(-away * away / 2)));
    forecast.present.push_back(forecast.connects.back());
  }
  return forecast;
}

// As if counts were Poisson, near enough.
predict::Quantiles quantiles_of(double mean) {
  constexpr std::array<double, 11> normal{-1.28, -0.84, -0.52, -0.25, 0, 0.25, 0.52, 0.84, 1.28, 1.64, 2.33};
  predict::Quantiles quantiles;
  for (std::size_t i = 0; i < quantiles.size(); ++i)
    quantiles[i] = static_cast<float>(std::max(0.0, std::round(mean + normal[i] * std::sqrt(mean))));
  return quantiles;
}

void write_forecasts(const std::filesystem::path& directory, int pools, int users, std::int64_t from_hour) {
  forecast::Store store(directory / "forecast.sqlite", forecast::Store::Access::write);
  forecast::ForecastWriter writer(store);
  std::vector<forecast::PoolForecast> of_pools;
  for (int pool = 0; pool < pools; ++pool) {
    std::mt19937 random(static_cast<unsigned>(pool));
    std::array<double, hours> arrivals{};
    for (int user = 0; user < users / pools; ++user) {
      const auto forecast = user_forecast(random);
      for (std::size_t slot = 0; slot < slots; ++slot)
        arrivals[slot / 4] += static_cast<double>(forecast.connects[slot]);
      writer.add(fmt::format("{}-{:05}", pool_name(pool), user), forecast);
    }
    auto& of_pool = of_pools.emplace_back(forecast::PoolForecast{pool_name(pool), from_hour, {}, {}});
    for (const double mean : arrivals) of_pool.arrivals.push_back(quantiles_of(mean));
    of_pool.concurrent = of_pool.arrivals;
  }
  writer.finish({base::from_seconds(from_hour * hour_s), from_hour * hour_s, slots, std::nullopt});
  forecast::put_pool_forecasts(store, of_pools);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) {
    std::fprintf(stderr, "usage: make_forecasts DIRECTORY POOLS USERS\n");
    return 2;
  }
  try {
    const std::filesystem::path directory = argv[1];
    const int pools = std::atoi(argv[2]);
    write_policy(directory, pools);
    state::Store::init(directory / "state.sqlite");
    write_forecasts(directory, pools, std::atoi(argv[3]),
                    base::to_seconds(base::SystemClock().now()) / hour_s);
  } catch (const base::Error& e) {
    std::fprintf(stderr, "make_forecasts: %s\n", e.what());
    return 1;
  }
  return 0;
}
