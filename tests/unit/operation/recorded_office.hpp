#pragma once

#include <string>
#include <vector>

#include "forecast/forecasts.hpp"
#include "history/store.hpp"
#include "operation/usage_source.hpp"
#include "support/temp_dir.hpp"

namespace deskloom::test {

inline constexpr std::int64_t monday_s = 1'767'571'200;  // 5 January 2026
inline constexpr std::int64_t day_s = 86'400, hour_s = 3600;

inline base::Timestamp day_at(int day, std::int64_t hour) {
  return base::from_seconds(monday_s + day * day_s + hour * hour_s);
}

// An office, and what is recorded of it.
struct Office {
  TempDir dir;
  history::Store history{dir / "history.sqlite", history::Store::Access::create};
  forecast::Store store{dir / "forecast.sqlite", forecast::Store::Access::write};
  policy::Policy policy;
  std::map<std::string, predict::Person> people;
  operation::Consents consents;

  operation::UsageSource source() const {
    return {history, base::TimeZone("UTC"), policy, people, {}, consents};
  }

  void serve(const std::string& pool, const std::vector<std::string>& users);

  // On weekdays of [from, until) they come about nine, a bit later from user to user and day to day.
  void work(int workers, int from, int until);
};

std::vector<forecast::UserForecast> forecasts_of(const forecast::Store& store);

}  // namespace deskloom::test
