#include "predict/usage.hpp"

#include <array>

#include "forecast/resources.hpp"
#include "ingest/time_text.hpp"
#include "predict/time_grid.hpp"
#include "users_clock.hpp"

namespace deskloom::cmd {

namespace {

std::map<std::string, predict::Person> people_of(frame::Context& context) {
  if (!std::filesystem::exists(context.state_file())) return {};
  return operation::people_in(context.state().users);
}

}  // namespace

Usage::Usage(frame::Context& context)
    : history_(context.policy().history_file(), history::Store::Access::read),
      source_{history_, users_clock(context.policy()), context.policy(), people_of(context)} {}

base::Timestamp time_or_now(const std::optional<std::string>& text, frame::Context& context) {
  return text ? ingest::TimeReader(users_clock(context.policy())).read(*text) : context.clock().now();
}

namespace {

// People see when; programs see how much of everything, too.
std::vector<frame::Column> profile_columns() {
  std::vector<frame::Column> columns{
      {"user", "USER"}, {"timestamp", "FROM"}, {"connects", "CONNECTS"}, {"present", "PRESENT"}};
  for (const auto& [metric, name] : domain::metric_names)
    for (const char* band : {"median", "90", "95"}) columns.push_back({std::string(name) + "_" + band, ""});
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

}  // namespace

ProfileTable::ProfileTable() : table_(profile_columns()) {}

void ProfileTable::add(const forecast::Store& store, const std::string& user) {
  const auto forecast = forecast::forecast_of(store, user);
  const auto of = forecast::newest_forecast(store);
  const auto resources_of = forecast::newest_resources(store);
  const auto resources = forecast::resources_of(store, user).value_or(forecast::ResourceForecast{});
  for (std::size_t slot = 0; slot < forecast.connects.size(); ++slot) {
    const std::int64_t at = of->origin_s + static_cast<std::int64_t>(slot) * predict::slot_s;
    std::vector<frame::Value> row{user, base::from_seconds(at),
                                  frame::Value::number_of(forecast.connects[slot], 4),
                                  frame::Value::number_of(forecast.present[slot], 4)};
    add_bands(row, resources, resources_of ? at / 3600 - resources_of->hour : -1);
    table_.add(std::move(row));
  }
}

}  // namespace deskloom::cmd
