#include <CLI/CLI.hpp>

#include "frame/context.hpp"
#include "operation/sessions.hpp"
#include "session/session.hpp"

namespace deskloom::cmd {

void setup(CLI::App& app, SessionConnectOptions& options) {
  app.add_option("user", options.user, "who has connected")->required()->type_name("USER");
}

frame::ExitCode run(const SessionConnectOptions& options, frame::Context& context) {
  const auto instance = context.dry_run()
                            ? operation::instance_of(context.state(), options.user)
                            : operation::connect_session(context.state(), context.clock(), options.user);
  context.print(describe_session(instance, context.dry_run()));
  return frame::ExitCode::done;
}

}  // namespace deskloom::cmd
