#include <CLI/CLI.hpp>
#include <algorithm>

#include "forecast/pools.hpp"
#include "operation/foretell.hpp"
#include "predict/predict.hpp"
#include "predict/profile.hpp"
#include "predict/usage.hpp"

namespace deskloom::cmd {
namespace {

constexpr std::size_t q10 = 0, q90 = 8, q95 = 9;

// People see the busiest hour of each pool; programs see all hours.
frame::Table busiest_hours(const std::vector<forecast::PoolForecast>& pools) {
  frame::Table table({{"pool", "POOL"},
                      {"busiest", "BUSIEST HOUR"},
                      {"arrivals_median", "ARRIVALS"},
                      {"arrivals_95", "AT MOST"},
                      {"concurrent_median", "USERS AT ONCE"},
                      {"concurrent_95", "AT MOST"}});
  for (const forecast::PoolForecast& pool : pools) {
    const auto busiest = std::ranges::max_element(
        pool.concurrent, {}, [](const predict::Quantiles& hour) { return hour[predict::median_level]; });
    if (busiest == pool.concurrent.end()) continue;
    const auto hour = static_cast<std::size_t>(busiest - pool.concurrent.begin());
    table.add({pool.pool, base::from_seconds((pool.first_hour + static_cast<std::int64_t>(hour)) * 3600),
               frame::Value::number_of(pool.arrivals[hour][predict::median_level], 1),
               frame::Value::number_of(pool.arrivals[hour][q95], 1),
               frame::Value::number_of((*busiest)[predict::median_level], 1),
               frame::Value::number_of((*busiest)[q95], 1)});
  }
  return table;
}

frame::Table all_hours(const std::vector<forecast::PoolForecast>& pools) {
  std::vector<frame::Column> columns{{"pool", ""}, {"timestamp", ""}};
  for (const char* kind : {"arrivals", "concurrent"})
    for (const char* level : {"10", "median", "90", "95"})
      columns.push_back({std::string(kind) + "_" + level, ""});
  frame::Table table(std::move(columns));
  for (const forecast::PoolForecast& pool : pools) {
    for (std::size_t hour = 0; hour < pool.arrivals.size(); ++hour) {
      std::vector<frame::Value> row{
          pool.pool, base::from_seconds((pool.first_hour + static_cast<std::int64_t>(hour)) * 3600)};
      for (const predict::Quantiles& of : {pool.arrivals[hour], pool.concurrent[hour]})
        for (const std::size_t level : {q10, predict::median_level, q90, q95})
          row.push_back(frame::Value::number_of(of[level], 2));
      table.add(std::move(row));
    }
  }
  return table;
}

}  // namespace

void setup(CLI::App& app, PredictForecastOptions& options) {
  app.add_option("--at", options.at, "as if it were then: nothing later is known")->type_name("TIME");
  app.add_option("--user", options.users, "print this user's profile (repeatable)")->allow_extra_args(false);
  app.add_flag("--anonymize", options.anonymize, "tokens in place of users' names, to give it to others");
}

frame::ExitCode run(const PredictForecastOptions& options, frame::Context& context) {
  const Usage usage(context);
  forecast::Store store(context.policy().forecast_file(), forecast::Store::Access::write);
  const auto report = operation::foretell(usage.source(), store, time_or_now(options.at, context));
  frame::Document document;
  document.field("made_at", "Made", report.of.made_at)
      .field("model", "Model", report.of.model.value_or("habits alone"))
      .field("from", "From", base::from_seconds(report.of.origin_s))
      .field("slots", "Quarter hours", report.of.slots)
      .field("users", "Users", report.users)
      .field("inactive_users", "Inactive", report.inactive_users)
      .field("arrivals", "Arrivals", frame::Value::number_of(report.arrivals, 1))
      .field("peak_users", "Most at once", frame::Value::number_of(report.peak_users, 1));
  const auto pools = forecast::pool_forecasts(store);
  document.table("pools", "Pools", context.json() ? all_hours(pools) : busiest_hours(pools), "no pools");
  if (!options.users.empty()) {
    const Telling telling(context, options.anonymize);
    ProfileTable profiles(std::chrono::minutes(context.policy().forecast.step_minutes));
    SessionTable sessions;
    ApplicationTable applications;
    for (const std::string& user : options.users) {
      profiles.add(store, user, telling);
      sessions.add(store, user, telling);
      applications.add(store, user, telling);
    }
    document.table("next_sessions", "Next sessions", sessions.table())
        .table("applications", "What they will probably use", applications.table(),
               "no applications are known")
        .table("profiles", "Profiles", profiles.table());
  }
  context.print(document);
  return frame::ExitCode::done;
}

}  // namespace deskloom::cmd
