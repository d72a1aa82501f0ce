#include "predict/profile.hpp"

#include <algorithm>
#include <array>

#include "forecast/applications.hpp"
#include "forecast/forecasts.hpp"
#include "forecast/resources.hpp"
#include "operation/applications.hpp"
#include "predict/time_grid.hpp"
#include "predict/usage.hpp"

namespace deskloom::cmd {
namespace {

// People see when; programs see how much of everything, and where, too.
std::vector<frame::Column> profile_columns() {
  std::vector<frame::Column> columns{
      {"user", "USER"}, {"timestamp", "FROM"}, {"connects", "CONNECTS"}, {"present", "PRESENT"}};
  for (const auto& [metric, name] : domain::metric_names)
    for (const char* band : {"median", "90", "95"}) columns.push_back({std::string(name) + "_" + band, ""});
  columns.push_back({"locationProbabilityMap", ""});
  return columns;
}

void add_bands(std::vector<frame::Value>& row, const forecast::ResourceForecast& resources,
               std::int64_t hour) {
  for (const auto& bands : resources) {
    const auto at = static_cast<std::size_t>(hour);
    const bool is_known = hour >= 0 && at < bands.size();
    for (const float amount :
         is_known ? std::array{bands[at].median, bands[at].q90, bands[at].q95} : std::array<float, 3>{})
      row.push_back(is_known ? frame::Value::number_of(amount, 4) : frame::Value::absent());
  }
}

frame::Value map_value(const std::optional<forecast::PlaceMap>& map, std::int64_t hour) {
  frame::Value value = frame::Value::absent();
  if (!map || hour < 0 || hour >= static_cast<std::int64_t>(map->hours.size())) return value;
  const auto at = static_cast<std::size_t>(hour);
  value.json = base::Json::object();
  for (std::size_t place = 0; place < map->places.size(); ++place)
    value.json[map->places[place]] = map->hours[at][place];
  value.json[other_places] = map->elsewhere(at);
  return value;
}

std::optional<operation::Anonymizer> anonymizer_of(frame::Context& context, bool anonymize) {
  if (!anonymize) return {};
  const history::Store history(context.policy().history_file(), history::Store::Access::read);
  return operation::Anonymizer(history, context.policy().forecast.minimum_group);
}

// Of places that are not told, nothing stays: they are elsewhere.
forecast::PlaceMap anonymous(const forecast::PlaceMap& map, const operation::Anonymizer& anonymizer) {
  forecast::PlaceMap told;
  told.hours.resize(map.hours.size());
  for (std::size_t place = 0; place < map.places.size(); ++place) {
    const auto token = anonymizer.place(map.places[place]);
    if (!token) continue;
    told.places.push_back(*token);
    for (std::size_t hour = 0; hour < map.hours.size(); ++hour)
      told.hours[hour].push_back(map.hours[hour][place]);
  }
  return told;
}

}  // namespace

Telling::Telling(frame::Context& context, bool anonymize)
    : agreeing_(consents_of(context).location), anonymizer_(anonymizer_of(context, anonymize)) {}

std::string Telling::user(const std::string& name) const {
  return anonymizer_ ? anonymizer_->user(name) : name;
}

std::optional<forecast::PlaceMap> Telling::places(const forecast::Store& store,
                                                  const std::string& user) const {
  auto map = agrees(user) ? forecast::places_of(store, user) : std::nullopt;
  return map && anonymizer_ ? anonymous(*map, *anonymizer_) : map;
}

ApplicationShares Telling::applications(const forecast::Store& store, const std::string& user) const {
  ApplicationShares shares = forecast::next_applications(store, user);
  if (anonymizer_)
    for (auto& [application, share] : shares) application = anonymizer_->object(user, application);
  return shares;
}

ProfileTable::ProfileTable(std::chrono::minutes step) : step_(step), table_(profile_columns()) {}

void ProfileTable::add(const forecast::Store& store, const std::string& user, const Telling& telling) {
  const auto forecast = forecast::forecast_of(store, user);
  const auto of = forecast::newest_forecast(store);
  const auto resources_of = forecast::newest_resources(store);
  const auto resources = forecast::resources_of(store, user).value_or(forecast::ResourceForecast{});
  const auto places_of = forecast::newest_places(store);
  const auto places = telling.places(store, user);
  const auto hour_of = [](const std::optional<forecast::HourlyOf>& hourly, std::int64_t at) {
    return hourly ? at / hour_s - hourly->hour : -1;
  };
  const auto begin_s = [&](std::size_t slot) {
    return of->origin_s + static_cast<std::int64_t>(slot) * predict::slot_s;
  };
  for (std::size_t slot = 0, next = 0; slot < forecast.connects.size(); slot = next) {
    const std::int64_t at = begin_s(slot);
    while (next < forecast.connects.size() && begin_s(next) / step_.count() == at / step_.count()) ++next;
    const auto step = forecast::step_of(forecast, slot, next);
    std::vector<frame::Value> row{telling.user(user), base::from_seconds(at),
                                  frame::Value::number_of(step.connects, 4),
                                  frame::Value::number_of(step.present, 4)};
    add_bands(row, resources, hour_of(resources_of, at));
    row.push_back(map_value(places, hour_of(places_of, at)));
    table_.add(std::move(row));
  }
}

SessionTable::SessionTable()
    : table_({{"user", "USER"},
              {"begins", "PROBABLY FROM"},
              {"length_median_ms", "LASTS"},
              {"length_90_ms", "NINE IN TEN, AT MOST"}}) {}

void SessionTable::add(const forecast::Store& store, const std::string& user, const Telling& telling) {
  const auto forecast = forecast::forecast_of(store, user);
  const auto next = operation::next_session(user, forecast, forecast::newest_forecast(store)->origin_s);
  table_.add({telling.user(user), base::from_seconds(next.begin_s),
              frame::Value::duration_ms(std::int64_t{forecast.session_median_s} * 1000),
              frame::Value::duration_ms(std::int64_t{forecast.session_90_s} * 1000)});
}

ApplicationTable::ApplicationTable()
    : table_({{"user", "USER"}, {"application", "WILL PROBABLY USE"}, {"probability", "PROBABILITY"}}) {}

void ApplicationTable::add(const forecast::Store& store, const std::string& user, const Telling& telling) {
  for (const auto& [application, share] : telling.applications(store, user))
    table_.add({telling.user(user), application, frame::Value::number_of(share, 2)});
}

}  // namespace deskloom::cmd
