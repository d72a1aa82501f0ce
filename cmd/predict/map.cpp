#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include <map>

#include "base/error.hpp"
#include "base/text.hpp"
#include "operation/place_map.hpp"
#include "operation/record_use.hpp"
#include "predict/predict.hpp"
#include "predict/profile.hpp"
#include "predict/usage.hpp"
#include "users_clock.hpp"

namespace deskloom::cmd {
namespace {

// How places are called in what is printed.
class PlaceNames {
 public:
  PlaceNames(const PredictMapOptions& options, const operation::UsageSource& source) {
    if (options.anonymize) anonymizer_.emplace(source.history, source.policy.forecast.minimum_group);
    for (const std::string& place : options.places)
      names_[operation::salted_token(source.history.salt(), place)] = place;
  }

  std::string of(const std::string& token) const {
    if (anonymizer_) return anonymizer_->place(token).value_or(other_places);
    const auto found = names_.find(token);
    return found == names_.end() ? token : found->second;
  }

 private:
  std::map<std::string, std::string> names_;  // by token
  std::optional<operation::Anonymizer> anonymizer_;
};

base::Timestamp begin_of(const operation::PublishedMap& map, std::size_t hour) {
  return base::from_seconds((map.of.hour + static_cast<std::int64_t>(hour)) * hour_s);
}

// Programs read a row for each place of an hour.
frame::Table all_cells(const operation::PublishedMap& map, const PlaceNames& names) {
  frame::Table table({{"timestamp", ""}, {"place", ""}, {"users", ""}});
  for (std::size_t hour = 0; hour < map.hours.size(); ++hour) {
    for (const auto& [place, users] : map.hours[hour].places)
      table.add({begin_of(map, hour), names.of(place), users});
    table.add({begin_of(map, hour), other_places, map.hours[hour].elsewhere});
  }
  return table;
}

// People read a row for each hour.
frame::Table by_hour(const operation::PublishedMap& map, const PlaceNames& names,
                     const base::TimeZone& zone) {
  frame::Table table({{"hour", "HOUR"}, {"places", "USERS EXPECTED, ABOUT"}});
  for (std::size_t hour = 0; hour < map.hours.size(); ++hour) {
    std::vector<std::string> cells;
    for (const auto& [place, users] : map.hours[hour].places)
      cells.push_back(fmt::format("{} at {}", users, names.of(place)));
    if (const auto left = map.hours[hour].elsewhere)
      cells.push_back(fmt::format("{} {}", *left, other_places));
    table.add(
        {hour_text(zone, begin_of(map, hour)), cells.empty() ? "too few to show" : base::join(cells, ", ")});
  }
  return table;
}

void keep_hour(operation::PublishedMap& map, base::Timestamp at) {
  const std::int64_t hour = base::to_seconds(at) / hour_s - map.of.hour;
  if (hour < 0 || hour >= static_cast<std::int64_t>(map.hours.size())) {
    throw base::Error(base::ErrorKind::usage,
                      fmt::format("places are foretold from {} until {}", base::to_rfc3339(begin_of(map, 0)),
                                  base::to_rfc3339(begin_of(map, map.hours.size()))),
                      "name a time in between with --at, or run 'deskloom predict forecast'");
  }
  map.hours = {map.hours[static_cast<std::size_t>(hour)]};
  map.of.hour += hour;
}

}  // namespace

void setup(CLI::App& app, PredictMapOptions& options) {
  auto* pool = app.add_option("--pool", options.pool, "only users whom this pool serves");
  auto* role = app.add_option("--role", options.role, "only users of this role");
  auto* department = app.add_option("--department", options.department, "only users of this department");
  pool->type_name("POOL")->excludes(role)->excludes(department);
  role->type_name("ROLE")->excludes(department);
  department->type_name("NAME");
  app.add_option("--at", options.at, "only the hour in which this is")->type_name("TIME");
  auto* places = app.add_option("--place", options.places,
                                "call a place by the name with which it was recorded (repeatable)");
  places->type_name("NAME")->allow_extra_args(false);
  app.add_flag("--anonymize", options.anonymize, "other tokens than the record's, to give it to others")
      ->excludes(places);
}

frame::ExitCode run(const PredictMapOptions& options, frame::Context& context) {
  const forecast::Store store(context.policy().forecast_file(), forecast::Store::Access::read);
  const operation::MapGroup group{options.pool, options.role, options.department};
  const Usage usage(context);
  auto map = operation::published_map(usage.source(), store, group);
  if (options.at) keep_hour(map, time_or_now(options.at, context));
  const PlaceNames names(options, usage.source());
  const int minimum = context.policy().forecast.minimum_group;
  frame::Document document;
  document.field("group", "Of", group.text())
      .field("users", "Users, at least", map.users)
      .field("minimum_group", "Rounded to, and shown from", minimum)
      .table("places", "",
             context.json() ? all_cells(map, names) : by_hour(map, names, users_clock(context.policy())));
  context.print(document);
  return frame::ExitCode::done;
}

}  // namespace deskloom::cmd
