#include <CLI/CLI.hpp>

#include "base/error.hpp"
#include "frame/context.hpp"
#include "operation/journal.hpp"
#include "operation/pool_choice.hpp"
#include "operation/shadow.hpp"
#include "shadow/shadow.hpp"
#include "state/leases.hpp"
#include "world.hpp"

namespace deskloom::cmd {
namespace {

void require_none(const state::Store& state, const std::string& user) {
  const auto held = state.instances.of_user(user);
  if (!held) return;
  throw base::Error(base::ErrorKind::usage,
                    "user " + user + " has instance " + held->name + " already: it is " +
                        std::string(to_string(held->state)),
                    "'deskloom shadow inflate " + user + "' gives it more");
}

}  // namespace

void setup(CLI::App& app, ShadowStartOptions& options) {
  app.add_option("user", options.user, "whose persona")->required()->type_name("USER");
  app.add_option("--pool", options.pool, "take a ghost of this pool")->type_name("POOL");
}

frame::ExitCode run(const ShadowStartOptions& options, frame::Context& context) {
  const auto& pool = operation::pool_for(context.policy(), options.user, options.pool);
  if (context.dry_run()) {
    require_none(context.state(), options.user);
    domain::Instance shadow;
    shadow.user = options.user;
    shadow.name = "a ghost of pool " + pool.name;
    shadow.allocation = pool.minimal();
    context.print(describe_shadow(shadow, true));
    return frame::ExitCode::done;
  }
  const state::LeaseGuard lease(context.state().leases, "user:" + options.user, "shadow start",
                                context.lock_timeout(), context.on_wait());
  const auto world = make_world(context);
  operation::recover(world, options.user);
  require_none(context.state(), options.user);
  context.print(describe_shadow(operation::start_shadow(world, pool, options.user), false));
  return frame::ExitCode::done;
}

}  // namespace deskloom::cmd
