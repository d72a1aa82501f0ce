#include <CLI/CLI.hpp>

#include "frame/context.hpp"
#include "operation/journal.hpp"
#include "operation/shadow.hpp"
#include "shadow/shadow.hpp"
#include "state/leases.hpp"
#include "world.hpp"

namespace deskloom::cmd {

void setup(CLI::App& app, ShadowDeflateOptions& options) {
  app.add_option("user", options.user, "whose shadow")->required()->type_name("USER");
}

frame::ExitCode run(const ShadowDeflateOptions& options, frame::Context& context) {
  auto shadow = operation::shadow_of(context.state(), options.user);
  if (!context.dry_run()) {
    const state::LeaseGuard lease(context.state().leases, "user:" + options.user, "shadow deflate",
                                  context.lock_timeout(), context.on_wait());
    const auto world = make_world(context);
    operation::recover(world, options.user);
    shadow = operation::shadow_of(context.state(), options.user);
    shadow = operation::resize_shadow(world, shadow, shadow.minimal);
  }
  context.print(describe_shadow(shadow, context.dry_run()));
  return frame::ExitCode::done;
}

}  // namespace deskloom::cmd
