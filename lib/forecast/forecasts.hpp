#pragma once

#include <array>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "forecast/store.hpp"

namespace deskloom::forecast {

// What is foretold of one user, slot by slot.
struct UserForecast {
  std::vector<float> connects;  // probability that a session begins in the slot
  std::vector<float> present;   // that the user is in session at some time in it
  // How long a session lasts: seconds that half, and nine in ten, do not exceed.
  std::uint32_t session_median_s = 0, session_90_s = 0;
};

// Slots [first, last) as one: that a session begins in one of them, and that the user is there at some time.
struct ForecastStep {
  float connects = 0, present = 0;
};
ForecastStep step_of(const UserForecast& forecast, std::size_t first, std::size_t last);

// Of all users together.
struct ForecastOf {
  base::Timestamp made_at;
  std::int64_t origin_s = 0;  // where the first slot begins, in seconds since 1970
  std::int64_t slots = 0;
  std::optional<std::string> model;  // nullopt: habits alone
};

std::optional<ForecastOf> newest_forecast(const Store& store);
// Throws Error(not_found); and, as each_forecast does, Error(corrupt) for what nobody has foretold.
UserForecast forecast_of(const Store& store, const std::string& user);
void each_forecast(const Store& store,
                   const std::function<void(const std::string& user, const UserForecast& forecast)>& visit);

// What lies in the BLOBs: see formats(7). Throws Error(corrupt) for bytes that are no forecast.
std::string pack_forecast(const UserForecast& forecast);
UserForecast unpack_forecast(std::span<const std::byte> packed);

// Replaces the forecast: readers see the old or the new one.
class ForecastWriter {
 public:
  explicit ForecastWriter(Store& store);
  void add(const std::string& user, const UserForecast& forecast);
  void finish(const ForecastOf& of);

 private:
  Store& store_;
  base::Transaction transaction_;
  base::Statement insert_;
};

}  // namespace deskloom::forecast
