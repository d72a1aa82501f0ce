#include <CLI/CLI.hpp>

#include "operation/foretell.hpp"
#include "predict/predict.hpp"
#include "predict/usage.hpp"

namespace deskloom::cmd {

void setup(CLI::App& app, PredictForecastOptions& options) {
  app.add_option("--at", options.at, "as if it were then: nothing later is known")->type_name("TIME");
  app.add_option("--user", options.users, "print this user's profile (repeatable)")->allow_extra_args(false);
}

frame::ExitCode run(const PredictForecastOptions& options, frame::Context& context) {
  const Usage usage(context);
  forecast::Store store(context.policy().forecast_file(), forecast::Store::Access::write);
  const auto report = operation::foretell(usage.source(), store, time_or_now(options.at, context));
  frame::Document document;
  document.field("made_at", "Made", report.of.made_at)
      .field("model", "Model", report.of.model.value_or("habits alone"))
      .field("from", "From", operation::time_of(report.of.origin_s))
      .field("slots", "Quarter hours", report.of.slots)
      .field("users", "Users", report.users)
      .field("inactive_users", "Inactive", report.inactive_users)
      .field("arrivals", "Arrivals", frame::Value::number_of(report.arrivals, 1))
      .field("peak_users", "Most at once", frame::Value::number_of(report.peak_users, 1));
  if (!options.users.empty()) {
    ProfileTable profiles;
    for (const std::string& user : options.users) profiles.add(store, user);
    document.table("profiles", "Profiles", profiles.table());
  }
  context.print(document);
  return frame::ExitCode::done;
}

}  // namespace deskloom::cmd
