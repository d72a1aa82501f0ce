#include <CLI/CLI.hpp>

#include "frame/context.hpp"
#include "operation/presence.hpp"
#include "operation/sessions.hpp"
#include "session/session.hpp"
#include "state/leases.hpp"
#include "world.hpp"

namespace deskloom::cmd {
namespace {

operation::Departure disconnect(const SessionDisconnectOptions& options, frame::Context& context) {
  operation::Departure departure;
  const auto before = operation::instance_of(context.state(), options.user);
  departure.instance = operation::disconnect_session(context.state(), context.clock(), options.user);
  const bool is_shadow_already =
      before.state == departure.instance.state && before.allocation == before.minimal;
  if (options.record_only || is_shadow_already) return departure;
  const state::LeaseGuard lease(context.state().leases, "user:" + options.user, "session disconnect",
                                context.lock_timeout(), context.on_wait());
  return operation::make_shadow(make_world(context), options.user);
}

}  // namespace

void setup(CLI::App& app, SessionDisconnectOptions& options) {
  app.add_option("user", options.user, "who has disconnected")->required()->type_name("USER");
  app.add_flag("--record-only", options.record_only, "neither capture nor shrink: a timer does later");
}

frame::ExitCode run(const SessionDisconnectOptions& options, frame::Context& context) {
  operation::Departure departure;
  if (context.dry_run()) {
    departure.instance = operation::instance_of(context.state(), options.user);
  } else {
    departure = disconnect(options, context);
  }
  context.print(describe_session(departure.instance, context.dry_run())
                    .field("snapshot", "Captured as", departure.snapshot)
                    .field("notes", "Notes", departure.notes));
  return departure.notes.empty() ? frame::ExitCode::done : frame::ExitCode::partial;
}

}  // namespace deskloom::cmd
