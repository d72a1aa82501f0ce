#include <CLI/CLI.hpp>

#include "frame/context.hpp"
#include "operation/presence.hpp"
#include "operation/sessions.hpp"
#include "session/session.hpp"
#include "state/leases.hpp"
#include "world.hpp"

namespace deskloom::cmd {
namespace {

// No host is asked, and nothing waited for, when the desktop has all that it is meant to have.
operation::Arrival connect(const SessionConnectOptions& options, frame::Context& context) {
  const auto came_at = context.clock().now();
  const auto before = operation::instance_of(context.state(), options.user);
  operation::Arrival arrival;
  arrival.instance = operation::connect_session(context.state(), context.clock(), options.user);
  if (options.record_only) return arrival;
  if (!operation::needs_waking(context.policy(), context.state(), before, came_at))
    return operation::find_ready(context.state(), context.clock(), before, came_at);
  const state::LeaseGuard lease(context.state().leases, "user:" + options.user, "session connect",
                                context.lock_timeout(), context.on_wait());
  return operation::make_usable(make_world(context), options.user);
}

}  // namespace

void setup(CLI::App& app, SessionConnectOptions& options) {
  app.add_option("user", options.user, "who has connected")->required()->type_name("USER");
  app.add_flag("--record-only", options.record_only, "leave the instance as it is");
}

frame::ExitCode run(const SessionConnectOptions& options, frame::Context& context) {
  operation::Arrival arrival;
  if (context.dry_run()) {
    arrival.instance = operation::instance_of(context.state(), options.user);
  } else {
    arrival = connect(options, context);
  }
  const auto duration = [](const std::optional<std::int64_t>& ms) {
    return ms ? frame::Value::duration_ms(*ms) : frame::Value::absent();
  };
  context.print(describe_session(arrival.instance, context.dry_run())
                    .field("usable_after_ms", "Usable after", duration(arrival.usable_after_ms))
                    .field("cold_boot_ms", "A cold boot takes", duration(arrival.cold_boot_ms))
                    .field("notes", "Notes", arrival.notes));
  return arrival.notes.empty() ? frame::ExitCode::done : frame::ExitCode::partial;
}

}  // namespace deskloom::cmd
