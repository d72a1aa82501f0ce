#include <CLI/CLI.hpp>
#include <memory>

#include "base/error.hpp"
#include "frame/context.hpp"
#include "instance/instance.hpp"
#include "operation/orphans.hpp"
#include "operation/reclaim.hpp"
#include "state/leases.hpp"
#include "world.hpp"

namespace deskloom::cmd {
namespace {

// Throws when the instance serves an application in use.
void check_serves_nobody(const domain::Instance& instance, const state::Store& state) {
  const auto part = state.app_parts.of_instance(instance.name);
  if (!part) return;
  const auto session = state.apps.find(part->session);
  throw base::Error(base::ErrorKind::usage,
                    "instance " + instance.name + " is component " + part->component + " of application " +
                        session->app + ", which " + session->user + " uses",
                    "'deskloom app release " + session->user + " " + session->app +
                        "' ends it; with --force, 'app watch' does as the component's rule says");
}

void check(const domain::Instance& instance, bool force) {
  if (!domain::is_live(instance.state)) {
    throw base::Error(base::ErrorKind::not_found, "instance " + instance.name + " is " +
                                                      std::string(to_string(instance.state)) + " already");
  }
  if (domain::holds_persona(instance.state) && !force) {
    throw base::Error(base::ErrorKind::usage,
                      "instance " + instance.name + " holds the persona of " + *instance.user,
                      "run 'deskloom persona capture " + *instance.user + "' first, then add --force");
  }
}

// What a host has, and the state store does not know or has as reclaimed.
std::optional<frame::ExitCode> destroy_orphan(const std::string& name, frame::Context& context) {
  const auto row = context.state().instances.find(name);
  if (row && domain::is_live(row->state)) return std::nullopt;
  const auto world = make_world(context);
  const auto orphan = operation::find_orphan(world, name);
  if (!orphan) return std::nullopt;
  if (!context.dry_run()) operation::remove_orphan(world, *orphan);
  context.print(frame::Document()
                    .field("instance", "Instance", name)
                    .field("user", "User", frame::Value::absent())
                    .field("state", "State", domain::to_string(domain::InstanceState::reclaimed))
                    .field("dry_run", context.dry_run() ? "Dry run" : "", context.dry_run()));
  return frame::ExitCode::done;
}

}  // namespace

void setup(CLI::App& app, InstanceDestroyOptions& options) {
  app.add_option("instance", options.instance, "which one")->required()->type_name("INSTANCE");
  app.add_flag("--force", options.force, "also when it is in use: what was not captured is lost");
}

frame::ExitCode run(const InstanceDestroyOptions& options, frame::Context& context) {
  if (const auto done = destroy_orphan(options.instance, context)) return *done;
  auto instance = context.state().instances.get(options.instance);
  check(instance, options.force);
  if (!options.force) check_serves_nobody(instance, context.state());
  if (!context.dry_run()) {
    const auto world = make_world(context);
    std::unique_ptr<state::LeaseGuard> lease;
    if (instance.user) {
      lease =
          std::make_unique<state::LeaseGuard>(context.state().leases, "user:" + *instance.user,
                                              "instance destroy", context.lock_timeout(), context.on_wait());
    }
    operation::reclaim(world, context.state().instances.get(options.instance), "destroyed by hand");
    instance = context.state().instances.get(options.instance);
  }
  context.print(frame::Document()
                    .field("instance", "Instance", instance.name)
                    .field("user", "User", instance.user)
                    .field("state", "State", domain::to_string(instance.state))
                    .field("dry_run", context.dry_run() ? "Dry run" : "", context.dry_run()));
  return frame::ExitCode::done;
}

}  // namespace deskloom::cmd
