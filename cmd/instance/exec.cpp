#include <CLI/CLI.hpp>

#include "frame/context.hpp"
#include "instance/instance.hpp"
#include "world.hpp"

namespace deskloom::cmd {

void setup(CLI::App& app, InstanceExecOptions& options) {
  app.add_option("instance", options.instance, "where to run it")->required()->type_name("INSTANCE");
  app.add_option("--user", options.user, "as this user of the guest, not as root")->type_name("USER");
  app.add_option("--timeout", options.timeout_s, "seconds it may take")
      ->type_name("SECONDS")
      ->check(CLI::Range(1, 86400));
  app.add_option("command", options.command, "the command and its arguments, after --")
      ->required()
      ->type_name("COMMAND");
}

frame::ExitCode run(const InstanceExecOptions& options, frame::Context& context) {
  const auto instance = context.state().instances.get(options.instance);
  if (context.dry_run()) {
    context.print(
        frame::Document().field("instance", "Instance", instance.name).field("dry_run", "Dry run", true));
    return frame::ExitCode::done;
  }
  const auto world = make_world(context);
  const auto client = world.connect(world.host(instance.host), instance.name);
  const auto result =
      client->run(options.user, options.command, static_cast<std::uint32_t>(options.timeout_s) * 1000);
  client->close();
  if (context.json()) {
    context.print(frame::Document()
                      .field("instance", "Instance", instance.name)
                      .field("exit_code", "Exit code", result.exit_code)
                      .field("output", "Output", result.output));
  } else {
    context.print_raw(result.output);
  }
  return result.exit_code == 0 ? frame::ExitCode::done : frame::ExitCode::failed;
}

}  // namespace deskloom::cmd
