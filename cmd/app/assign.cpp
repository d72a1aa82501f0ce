#include <CLI/CLI.hpp>

#include "app/app.hpp"
#include "applied.hpp"
#include "frame/context.hpp"
#include "state/leases.hpp"
#include "user/user.hpp"
#include "world.hpp"

namespace deskloom::cmd {
namespace {

using operation::AppSupply;

frame::Table verdict_table(const std::vector<plan::AppVerdict>& verdicts) {
  frame::Table table({{"persona", "PERSONA"}, {"score", "SCORE"}, {"reason", "BECAUSE"}});
  for (const auto& verdict : verdicts)
    table.add({verdict.persona, frame::Value::number_of(verdict.score, 2), verdict.why});
  return table;
}

// What the command and its rehearsal print alike.
frame::Document describe(const AppAssignOptions& options, AppSupply supply,
                         const std::optional<std::string>& persona,
                         const std::optional<std::string>& instance, const std::string& reason) {
  return frame::Document()
      .field("user", "User", options.user)
      .field("app", "Application", options.app)
      .field("persona", "Persona", persona)
      .field("is_default", "Default profile", supply == AppSupply::default_profile)
      .field("supply", "Instance is", operation::to_string(supply))
      .field("instance", "Instance", instance)
      .field("reason", "Because", reason);
}

frame::Document describe_forecast(const AppAssignOptions& options, const operation::AppForecast& forecast) {
  auto document = describe(options, forecast.supply, forecast.persona, forecast.instance, forecast.reason);
  document.field("dry_run", "Dry run", true)
      .table("candidates", "Candidates", verdict_table(forecast.verdicts), "no application persona");
  return document;
}

frame::Document describe_assignment(const AppAssignOptions& options,
                                    const operation::AppAssignment& assignment) {
  const auto& desktop = assignment.desktop;
  auto notes = assignment.notes;
  notes.insert(notes.end(), desktop.notes.begin(), desktop.notes.end());
  auto parts = parts_table();
  for (const auto& part : assignment.parts) add_part(parts, assignment.session, part);
  auto document = describe(options, assignment.supply, assignment.session.persona, desktop.instance.name,
                           assignment.session.reason);
  document.field("dry_run", "", false)
      .field("host", "Host", desktop.instance.host)
      .field("state", "State", domain::to_string(assignment.session.state))
      .field("display", "Connect to", display_uri(desktop.display))
      .field("elapsed_ms", "Took", frame::Value::duration_ms(desktop.elapsed_ms))
      .field("notes", "Notes", notes)
      .table("components", "Components", parts, "no components")
      .table("candidates", "Candidates", verdict_table(assignment.verdicts), "no application persona");
  return document;
}

}  // namespace

void setup(CLI::App& app, AppAssignOptions& options) {
  app.add_option("user", options.user, "who is to use it")->required()->type_name("USER");
  app.add_option("app", options.app, "the app_id of its personas")->required()->type_name("APP");
}

frame::ExitCode run(const AppAssignOptions& options, frame::Context& context) {
  require_user_name(options.user);
  const auto world = make_world(context);
  if (context.dry_run()) {
    context.print(describe_forecast(options, operation::forecast_app(world, options.user, options.app)));
    return frame::ExitCode::done;
  }
  const state::LeaseGuard lease(context.state().leases, "user:" + options.user, "app assign " + options.user,
                                context.lock_timeout(), context.on_wait());
  const auto assignment = operation::assign_app(world, options.user, options.app);
  if (assignment.supply == AppSupply::default_profile)
    context.say("the default profile serves: " + assignment.session.reason);
  context.print(describe_assignment(options, assignment));
  return exit_code_of(assignment.desktop);
}

}  // namespace deskloom::cmd
