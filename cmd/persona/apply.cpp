#include <CLI/CLI.hpp>

#include "applied.hpp"
#include "frame/context.hpp"
#include "persona/persona.hpp"
#include "state/leases.hpp"
#include "world.hpp"

namespace deskloom::cmd {

void setup(CLI::App& app, PersonaApplyOptions& options) {
  app.add_option("user", options.user, "whose persona")->required()->type_name("USER");
  app.add_option("--instance", options.instance, "a warm instance to give it to")
      ->required()
      ->type_name("INSTANCE");
  app.add_option("--snapshot", options.snapshot, "this one, not the newest")->type_name("SNAPSHOT");
  app.add_flag("--instant", options.instant, "attach their volume too, and copy it afterwards");
}

frame::ExitCode run(const PersonaApplyOptions& options, frame::Context& context) {
  require_own_store(context);
  const auto record = context.catalogue().resolve(options.snapshot, options.user);
  const auto world = make_world(context);
  if (context.dry_run()) {
    const auto instance = context.state().instances.get(options.instance);
    context.print(frame::Document()
                      .field("user", "User", options.user)
                      .field("dry_run", "Dry run", true)
                      .field("instance", "Would go to", instance.name)
                      .field("state", "Which is", domain::to_string(instance.state))
                      .field("snapshot", "Snapshot", record.id)
                      .field("volume", "Volume of snapshot",
                             operation::volume_to_attach(world, options.user, options.instance, record.id,
                                                         options.instant))
                      .field("files", "Files", record.files));
    return frame::ExitCode::done;
  }
  const state::LeaseGuard lease(context.state().leases, "user:" + options.user,
                                "persona apply " + options.user, context.lock_timeout(), context.on_wait());
  const auto result = operation::apply_to(world, options.user, options.instance, record.id, options.instant);
  context.print(describe(result));
  return exit_code_of(result);
}

}  // namespace deskloom::cmd
