#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "forecast/store.hpp"

namespace deskloom::forecast {

// Of forecasts that are made anew when the hour has turned: of which hours they are, of all users together.
struct HourlyOf {
  std::int64_t hour = 0;  // the first one, since 1970
  std::int64_t hours = 0;
  std::optional<std::string> model;  // nullopt: none was in force

  bool operator==(const HourlyOf&) const = default;
};

// table: of one row, such as "resources_of".
std::optional<HourlyOf> newest_of(const Store& store, const std::string& table);
void put_newest_of(Store& store, const std::string& table, const HourlyOf& of);

}  // namespace deskloom::forecast
