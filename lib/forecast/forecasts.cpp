#include "forecast/forecasts.hpp"

#include <algorithm>

#include "base/error.hpp"
#include "forecast/packing.hpp"

namespace deskloom::forecast {
namespace {

constexpr std::uint8_t layout = 1;

}  // namespace

ForecastStep step_of(const UserForecast& forecast, std::size_t first, std::size_t last) {
  float stays_away = 1;
  ForecastStep step;
  for (std::size_t slot = first; slot < last; ++slot) {
    stays_away *= 1 - forecast.connects[slot];
    step.present = std::max(step.present, forecast.present[slot]);
  }
  step.connects = 1 - stays_away;
  return step;
}

std::string pack_forecast(const UserForecast& forecast) {
  Packer packer;
  packer.put(layout);
  packer.put(static_cast<std::uint32_t>(forecast.connects.size()));
  for (const auto* series : {&forecast.connects, &forecast.present})
    for (const float probability : *series) packer.put(odds_of(probability));
  packer.put(forecast.session_median_s);
  packer.put(forecast.session_90_s);
  return packer.take();
}

UserForecast unpack_forecast(std::span<const std::byte> packed) {
  Unpacker unpacker(packed);
  if (unpacker.get<std::uint8_t>() != layout) throw Unpacker::broken();
  const auto slots = unpacker.get<std::uint32_t>();
  if (slots > packed.size()) throw Unpacker::broken();  // before memory is taken for them
  UserForecast forecast;
  for (auto* series : {&forecast.connects, &forecast.present}) {
    series->reserve(slots);
    for (std::uint32_t slot = 0; slot < slots; ++slot)
      series->push_back(probability_of(unpacker.get<std::int16_t>()));
  }
  forecast.session_median_s = unpacker.get<std::uint32_t>();
  forecast.session_90_s = unpacker.get<std::uint32_t>();
  unpacker.expect_end();
  return forecast;
}

std::optional<ForecastOf> newest_forecast(const Store& store) {
  auto row = store.db().prepare("SELECT made_at, origin, slots, model FROM forecast_of");
  if (!row.step()) return {};
  return ForecastOf{base::Timestamp(std::chrono::seconds(row.integer(0))), row.integer(1), row.integer(2),
                    row.optional_text(3)};
}

UserForecast forecast_of(const Store& store, const std::string& user) {
  auto row = store.db().prepare("SELECT content FROM forecasts WHERE user = ?");
  row.bind(user);
  if (!row.step()) {
    throw base::Error(base::ErrorKind::not_found, "nothing is foretold of user '" + user + "'",
                      "'deskloom event list' shows of whom use is recorded; 'predict forecast' foretells");
  }
  return unpack_forecast(row.blob(0));
}

void each_forecast(const Store& store,
                   const std::function<void(const std::string& user, const UserForecast& forecast)>& visit) {
  auto row = store.db().prepare("SELECT user, content FROM forecasts ORDER BY user");
  while (row.step()) visit(row.text(0), unpack_forecast(row.blob(1)));
}

ForecastWriter::ForecastWriter(Store& store)
    : store_(store),
      transaction_(store.db()),
      insert_(store.db().prepare("INSERT INTO forecasts VALUES (?, ?)")) {
  store.db().execute("DELETE FROM forecasts");
}

void ForecastWriter::add(const std::string& user, const UserForecast& forecast) {
  const std::string content = pack_forecast(forecast);
  insert_.restart().bind(user).bind(bytes_of(content)).run();
}

void ForecastWriter::finish(const ForecastOf& of) {
  store_.db()
      .prepare("INSERT OR REPLACE INTO forecast_of VALUES (1, ?, ?, ?, ?)")
      .bind(base::to_seconds(of.made_at))
      .bind(of.origin_s)
      .bind(of.slots)
      .bind(of.model)
      .run();
  transaction_.commit();
}

}  // namespace deskloom::forecast
