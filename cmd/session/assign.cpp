#include <CLI/CLI.hpp>

#include "applied.hpp"
#include "base/error.hpp"
#include "frame/context.hpp"
#include "session/session.hpp"
#include "state/leases.hpp"
#include "world.hpp"

namespace deskloom::cmd {
namespace {

// virt-viewer's connection file (remote-viewer(1)).
std::string viewer_file(const operation::AssignResult& result) {
  if (!result.display) {
    throw base::Error(base::ErrorKind::failed,
                      "instance " + result.instance.name + " has no display to write a .vv file for",
                      "give its image a display, or connect by ssh");
  }
  return "[virt-viewer]\ntype=" + result.display->protocol + "\nhost=" + result.display->host +
         "\nport=" + std::to_string(result.display->port) + "\ntitle=" + result.instance.name + "\n";
}

frame::Document describe_forecast(const std::string& user, const operation::AssignForecast& forecast) {
  return frame::Document()
      .field("user", "User", user)
      .field("dry_run", "Dry run", true)
      .field("action", "Would be", operation::to_string(forecast.action))
      .field("instance", "On instance", forecast.instance)
      .field("reason", "Because", forecast.reason);
}

}  // namespace

void setup(CLI::App& app, SessionAssignOptions& options) {
  app.add_option("user", options.user, "whose desktop")->required()->type_name("USER");
  app.add_option("--pool", options.pool, "take a ghost of this pool")->type_name("POOL");
  app.add_option("--snapshot", options.snapshot, "apply this one, not the newest")->type_name("SNAPSHOT");
  app.add_flag("--vv", options.viewer, "print a virt-viewer .vv file");
}

frame::ExitCode run(const SessionAssignOptions& options, frame::Context& context) {
  const auto world = make_world(context);
  const operation::AssignRequest request{options.user, options.pool, options.snapshot};
  if (context.dry_run()) {
    context.print(describe_forecast(options.user, operation::forecast_assign(world, request)));
    return frame::ExitCode::done;
  }
  // Leases come before hosts, everywhere: the other order could wait for ever.
  const state::LeaseGuard lease(context.state().leases, "user:" + options.user,
                                "session assign " + options.user, context.lock_timeout(), context.on_wait());
  const auto result = operation::assign(world, request);
  if (options.viewer) {
    context.print_raw(viewer_file(result));
  } else {
    context.print(describe(result));
  }
  return exit_code_of(result);
}

}  // namespace deskloom::cmd
