#include <CLI/CLI.hpp>

#include "app/app.hpp"
#include "frame/context.hpp"
#include "operation/app_session.hpp"
#include "operation/journal.hpp"
#include "state/leases.hpp"
#include "world.hpp"

namespace deskloom::cmd {
namespace {

// The session as it is after.
domain::AppSession release(const AppReleaseOptions& options, frame::Context& context) {
  const state::LeaseGuard lease(context.state().leases, "user:" + options.user, "app release " + options.user,
                                context.lock_timeout(), context.on_wait());
  const auto world = make_world(context);
  // A release that was cut off is finished by this.
  const auto seen = operation::open_app(context.state(), options.user, options.app);
  operation::recover(world, options.user);
  const auto session = context.state().apps.find(seen.id);
  if (session->state != domain::AppState::ended)
    operation::end_application(world, *session, {.captures = !options.force});
  return *context.state().apps.find(seen.id);
}

}  // namespace

void setup(CLI::App& app, AppReleaseOptions& options) {
  app.add_option("user", options.user, "who has used it")->required()->type_name("USER");
  app.add_option("app", options.app, "which application; default: the only one they use")->type_name("APP");
  app.add_flag("--force", options.force, "without a capture first: what was not captured is lost");
}

frame::ExitCode run(const AppReleaseOptions& options, frame::Context& context) {
  const auto session = context.dry_run() ? operation::open_app(context.state(), options.user, options.app)
                                         : release(options, context);
  const auto instance = context.state().instances.get(session.instance);
  const auto newest = context.state().snapshots.latest(options.user);
  context.print(
      frame::Document()
          .field("user", "User", session.user)
          .field("app", "Application", session.app)
          .field("persona", "Persona", session.persona)
          .field("state", "State", domain::to_string(session.state))
          .field("instance", "Instance", instance.name)
          .field("instance_state", "Instance is", domain::to_string(instance.state))
          .field("snapshot", "Newest capture", newest ? frame::Value(newest->id) : frame::Value::absent())
          .field("dry_run", context.dry_run() ? "Dry run" : "", context.dry_run()));
  return frame::ExitCode::done;
}

}  // namespace deskloom::cmd
