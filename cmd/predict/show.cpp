#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include <algorithm>
#include <array>
#include <cmath>

#include "base/error.hpp"
#include "base/text.hpp"
#include "forecast/forecasts.hpp"
#include "forecast/resources.hpp"
#include "operation/applications.hpp"
#include "predict/predict.hpp"
#include "predict/profile.hpp"
#include "predict/time_grid.hpp"
#include "predict/usage.hpp"
#include "users_clock.hpp"

namespace deskloom::cmd {
namespace {

constexpr std::size_t slots_per_hour = 4;
constexpr int bar_columns = 40;
constexpr std::size_t shown_digits = 6;  // of a place's token: enough to tell a user's places apart

std::string bar(float share) {
  const int eighths = static_cast<int>(std::lround(share * bar_columns * 8));
  static constexpr std::array<const char*, 8> parts{"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
  std::string text;
  for (int i = 0; i < eighths / 8; ++i) text += "█";
  return text + parts[static_cast<std::size_t>(eighths % 8)];
}

// The likeliest place in that hour, since 1970.
frame::Value place_at(const std::optional<forecast::PlaceMap>& map, std::int64_t first_hour,
                      std::int64_t hour) {
  if (!map || hour < first_hour || hour - first_hour >= static_cast<std::int64_t>(map->hours.size()))
    return frame::Value::absent();
  const auto at = static_cast<std::size_t>(hour - first_hour);
  const auto likeliest = std::ranges::max_element(map->hours[at]);
  const auto elsewhere = static_cast<float>(map->elsewhere(at));
  if (likeliest == map->hours[at].end() || *likeliest < elsewhere)
    return fmt::format("elsewhere {}", percent(elsewhere));
  const auto place = static_cast<std::size_t>(likeliest - map->hours[at].begin());
  return fmt::format("{} {}", map->places[place].substr(0, shown_digits), percent(*likeliest));
}

std::string shares_text(const ApplicationShares& shares) {
  std::vector<std::string> texts;
  for (const auto& [application, share] : shares)
    texts.push_back(fmt::format("{} {}", application, percent(share)));
  return texts.empty() ? "nothing is known" : base::join(texts, ", ");
}

frame::Value consent(bool agrees, bool is_known) {
  frame::Value value(agrees);
  value.text = !agrees    ? "no consent"
               : is_known ? "as tokens, by consent"
                          : "consent, but nothing is known yet";
  return value;
}

struct Whereabouts {
  const std::optional<forecast::PlaceMap>& map;
  std::int64_t first_hour = 0;  // of the map, since 1970
};

// By the hour of the users' clock: that they come in it, that they are there, and where.
frame::Table curve(const forecast::ForecastOf& of, const forecast::UserForecast& forecast,
                   const Whereabouts& where, const base::TimeZone& zone) {
  frame::Table table({{"hour", "HOUR"},
                      {"connects", "COMES"},
                      {"present", "THERE"},
                      {"place", where.map ? "PLACE" : ""},
                      {"curve", " "}});
  const auto begin_of = [&](std::size_t slot) {
    return base::from_seconds(of.origin_s + static_cast<std::int64_t>(slot) * predict::slot_s);
  };
  const auto hour_of = [&](std::size_t slot) {
    return std::chrono::floor<std::chrono::hours>(zone.local(begin_of(slot)));
  };
  for (std::size_t slot = 0, next = 0; slot < forecast.connects.size(); slot = next) {
    while (next < forecast.connects.size() && hour_of(next) == hour_of(slot)) ++next;
    const auto step = forecast::step_of(forecast, slot, next);
    table.add({hour_text(zone, begin_of(slot)), percent(step.connects), percent(step.present),
               place_at(where.map, where.first_hour, base::to_seconds(begin_of(slot)) / hour_s),
               bar(step.present)});
  }
  return table;
}

frame::Value amount(domain::Metric metric, float value) {
  switch (metric) {
    case domain::Metric::memory:
    case domain::Metric::network:
    case domain::Metric::storage:
      return frame::Value::size(static_cast<std::uint64_t>(value));
    default:
      return frame::Value::number_of(value, 2);
  }
}

// The hours in which most is used.
frame::Table peaks(const forecast::ResourceForecast& resources) {
  frame::Table table(
      {{"metric", "USES"}, {"median", "AT MOST, MOSTLY"}, {"q90", "9 IN 10"}, {"q95", "19 IN 20"}});
  for (const auto& [metric, name] : domain::metric_names) {
    const auto& hours = resources[static_cast<std::size_t>(metric)];
    if (hours.empty()) continue;
    forecast::ResourceBand most;
    for (const forecast::ResourceBand& hour : hours) {
      most.median = std::max(most.median, hour.median);
      most.q90 = std::max(most.q90, hour.q90);
      most.q95 = std::max(most.q95, hour.q95);
    }
    table.add(
        {std::string(name), amount(metric, most.median), amount(metric, most.q90), amount(metric, most.q95)});
  }
  return table;
}

}  // namespace

void setup(CLI::App& app, PredictShowOptions& options) {
  app.add_option("USER", options.user, "of whom")->required();
  app.add_flag("--anonymize", options.anonymize, "tokens in place of names, to give it to others");
}

frame::ExitCode run(const PredictShowOptions& options, frame::Context& context) {
  const forecast::Store store(context.policy().forecast_file(), forecast::Store::Access::read);
  const auto of = forecast::newest_forecast(store);
  if (!of) {
    throw base::Error(base::ErrorKind::not_found, "nothing is foretold yet",
                      "'deskloom predict forecast' foretells");
  }
  const auto forecast = forecast::forecast_of(store, options.user);
  const Telling telling(context, options.anonymize);
  const auto places = telling.places(store, options.user);
  frame::Document document;
  document.field("user", "User", telling.user(options.user))
      .field("made_at", "Made", of->made_at)
      .field("model", "Model", of->model.value_or("habits alone"))
      .field("session_begins", "Next session",
             base::from_seconds(operation::next_session(options.user, forecast, of->origin_s).begin_s))
      .field("session_median_ms", "It lasts",
             frame::Value::duration_ms(std::int64_t{forecast.session_median_s} * 1000))
      .field("session_90_ms", "Nine in ten, at most",
             frame::Value::duration_ms(std::int64_t{forecast.session_90_s} * 1000))
      .field("location_consent", "Places", consent(telling.agrees(options.user), places.has_value()));
  if (context.json()) {
    ProfileTable profile(std::chrono::minutes(context.policy().forecast.step_minutes));
    ApplicationTable applications;
    applications.add(store, options.user, telling);
    profile.add(store, options.user, telling);
    document.table("applications", "", applications.table()).table("profile", "", profile.table());
  } else {
    const auto places_of = forecast::newest_places(store);
    const Whereabouts where{places, places_of ? places_of->hour : 0};
    document
        .field("applications", "Will probably use", shares_text(telling.applications(store, options.user)))
        .table("profile", "", curve(*of, forecast, where, users_clock(context.policy())));
    if (const auto resources = forecast::resources_of(store, options.user))
      document.table("peaks", "", peaks(*resources), "nothing was measured");
  }
  context.print(document);
  return frame::ExitCode::done;
}

}  // namespace deskloom::cmd
