#include "forecast/hourly.hpp"

namespace deskloom::forecast {

std::optional<HourlyOf> newest_of(const Store& store, const std::string& table) {
  auto row = store.db().prepare("SELECT hour, hours, model FROM " + table);
  if (!row.step()) return {};
  return HourlyOf{row.integer(0), row.integer(1), row.optional_text(2)};
}

void put_newest_of(Store& store, const std::string& table, const HourlyOf& of) {
  store.db()
      .prepare("INSERT OR REPLACE INTO " + table + " VALUES (1, ?, ?, ?)")
      .bind(of.hour)
      .bind(of.hours)
      .bind(of.model)
      .run();
}

}  // namespace deskloom::forecast
