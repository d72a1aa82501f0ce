#include <pwd.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdlib>

#include "base/error.hpp"
#include "frame/context.hpp"
#include "ingest/time_text.hpp"
#include "operation/modes.hpp"
#include "persona/persona.hpp"
#include "state/leases.hpp"
#include "user/user.hpp"
#include "users_clock.hpp"
#include "world.hpp"

namespace deskloom::cmd {
namespace {

// Who runs the command; for root by way of sudo, who that is.
std::string invoker() {
  const char* behind = std::getenv("SUDO_USER");
  if (::getuid() == 0 && behind != nullptr && *behind != '\0') return behind;
  const passwd* entry = ::getpwuid(::getuid());
  return entry == nullptr ? std::to_string(::getuid()) : entry->pw_name;
}

domain::Mode wanted(const PersonaModeOptions& options, frame::Context& context, base::Timestamp now) {
  const policy::Mode& mode = context.policy().mode(*options.mode);
  if (!options.until) {
    throw base::Error(base::ErrorKind::usage,
                      "until when is " + options.user + " in mode '" + mode.name + "'?",
                      "add --until TIME, such as --until 2026-03-02T18:00");
  }
  const auto until = ingest::TimeReader(users_clock(context.policy())).read(*options.until);
  if (until <= now) {
    throw base::Error(base::ErrorKind::usage, *options.until + " is over: a mode ends in the future",
                      "'deskloom persona mode " + options.user + " --clear' ends the one that holds");
  }
  return {options.user, mode.name, now, until, invoker()};
}

void store(const state::Store& state, const domain::Mode& mode) {
  auto transaction = state.transaction();
  state.users.ensure(mode.user, mode.from);
  state.modes.set(mode);
  transaction.commit();
}

// The desktop of a user who is at it follows at once; that of one who is away when they come back.
std::optional<operation::ModeFollowed> follow(const PersonaModeOptions& options, frame::Context& context) {
  const bool changes = (options.mode || options.clear) && !context.dry_run();
  if (!changes || !context.state().instances.of_user(options.user)) return std::nullopt;
  const state::LeaseGuard lease(context.state().leases, "user:" + options.user, "persona mode",
                                context.lock_timeout(), context.on_wait());
  const auto desktop = context.state().instances.of_user(options.user);
  if (!desktop || desktop->state != domain::InstanceState::connected) return std::nullopt;
  return operation::follow_mode(make_world(context), *desktop);
}

frame::Table desktop_table(const std::optional<operation::ModeFollowed>& followed) {
  frame::Table table({{"instance", "INSTANCE"},
                      {"vcpus", "CPUS"},
                      {"memory_bytes", "MEMORY"},
                      {"started", "STARTED"},
                      {"notes", "NOTES"}});
  if (!followed) return table;
  std::vector<std::string> started;
  for (const auto& application : followed->applied.applications)
    started.push_back(application.application + " (" + application.detail + ")");
  const auto& desktop = followed->instance;
  table.add({desktop.name, desktop.allocation.vcpus, frame::Value::size(desktop.allocation.memory_bytes),
             started, followed->notes});
  return table;
}

// What holds after the command.
std::optional<domain::Mode> change(const PersonaModeOptions& options, frame::Context& context,
                                   base::Timestamp now) {
  const state::Store& state = context.state();
  if (options.clear) {
    if (!context.dry_run()) state.modes.end(options.user, now);
    return {};
  }
  if (!options.mode) return state.modes.find(options.user, now);
  const domain::Mode mode = wanted(options, context, now);
  if (!context.dry_run()) store(state, mode);
  return mode;
}

frame::Document describe(const PersonaModeOptions& options, const std::optional<domain::Mode>& mode,
                         const policy::Policy& policy) {
  frame::Document document;
  document.field("user", "User", options.user)
      .field("mode", "Mode", mode ? frame::Value(mode->name) : frame::Value::absent())
      .field("until", "Until", mode ? frame::Value(mode->until) : frame::Value::absent())
      .field("set_by", "Set by", mode ? frame::Value(mode->set_by) : frame::Value::absent());
  const auto described = mode ? policy.modes.find(mode->name) : policy.modes.end();
  const bool is_described = described != policy.modes.end();
  return document.field("applications", "Applications",
                        is_described ? described->second.applications : std::vector<std::string>());
}

frame::Table earlier(const std::vector<domain::Mode>& modes, base::Timestamp now) {
  frame::Table table({{"mode", "MODE"}, {"from", "FROM"}, {"until", "UNTIL"}, {"set_by", "SET BY"}});
  for (const domain::Mode& mode : modes)
    if (mode.until <= now) table.add({mode.name, mode.from, mode.until, mode.set_by});
  return table;
}

}  // namespace

void setup(CLI::App& app, PersonaModeOptions& options) {
  app.add_option("user", options.user, "who")->required()->type_name("USER");
  auto* mode = app.add_option("mode", options.mode, "what they are at: a section [mode.NAME] of policy")
                   ->type_name("NAME");
  auto* until = app.add_option("--until", options.until, "when that ends")->type_name("TIME")->needs(mode);
  app.add_flag("--clear", options.clear, "it has ended")->excludes(mode)->excludes(until);
}

frame::ExitCode run(const PersonaModeOptions& options, frame::Context& context) {
  require_user_name(options.user);
  const auto now = context.clock().now();
  const auto mode = change(options, context, now);
  const auto followed = follow(options, context);
  context.print(describe(options, mode, context.policy())
                    .field("dry_run", context.dry_run() ? "Dry run" : "", context.dry_run())
                    .table("desktop", "Desktop that has followed", desktop_table(followed), "none")
                    .table("earlier", "Earlier, newest first",
                           earlier(context.state().modes.list(options.user), now), "none"));
  const bool is_whole = !followed || followed->notes.empty();
  return is_whole ? frame::ExitCode::done : frame::ExitCode::partial;
}

}  // namespace deskloom::cmd
