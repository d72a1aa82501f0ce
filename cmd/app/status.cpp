#include <CLI/CLI.hpp>
#include <memory>

#include "app/app.hpp"
#include "frame/context.hpp"
#include "operation/app_usage.hpp"
#include "world.hpp"

namespace deskloom::cmd {
namespace {

using domain::AppSession;

std::vector<AppSession> wanted(const AppStatusOptions& options, const state::Store& state) {
  return options.user ? state.apps.open_of(*options.user) : state.apps.open();
}

frame::Table session_table(const std::vector<AppSession>& sessions) {
  frame::Table table({{"user", "USER"},
                      {"app", "APP"},
                      {"persona", "PERSONA"},
                      {"state", "STATE"},
                      {"instance", "INSTANCE"},
                      {"since", "SINCE"},
                      {"reason", "BECAUSE"},
                      {"error", "ERROR"}});
  for (const AppSession& session : sessions) {
    table.add({session.user, session.app, session.persona, domain::to_string(session.state), session.instance,
               session.began_at, session.reason, session.error});
  }
  return table;
}

frame::Value size_of(double bytes) {
  return bytes >= 0 ? frame::Value::size(static_cast<std::uint64_t>(bytes)) : frame::Value::absent();
}

frame::Table use_table(const std::vector<operation::AppUse>& uses) {
  frame::Table table({{"persona", "PERSONA"},
                      {"open", "NOW"},
                      {"sessions", "SESSIONS"},
                      {"users", "USERS"},
                      {"hours", "HOURS"},
                      {"cpus_used", "CPUS USED"},
                      {"memory_used_bytes", "MEMORY USED"},
                      {"cpus", "CPUS NOW"},
                      {"memory_bytes", "MEMORY NOW"}});
  for (const auto& use : uses) {
    table.add({use.persona, use.open, use.sessions, use.users, frame::Value::number_of(use.hours, 1),
               frame::Value::number_of(use.cpus, 2), size_of(use.memory_bytes), use.allocated_cpus,
               frame::Value::size(use.allocated_memory_bytes)});
  }
  return table;
}

std::unique_ptr<history::Store> recorded(const std::filesystem::path& file) {
  if (!std::filesystem::exists(file)) return nullptr;
  return std::make_unique<history::Store>(file, history::Store::Access::read);
}

}  // namespace

void setup(CLI::App& app, AppStatusOptions& options) {
  app.add_option("user", options.user, "only what this user uses")->type_name("USER");
  app.add_option("--days", options.days, "count the use of so many days [28]")
      ->type_name("N")
      ->check(CLI::Range(1, 800));
}

frame::ExitCode run(const AppStatusOptions& options, frame::Context& context) {
  const auto& state = context.state();
  const auto sessions = wanted(options, state);
  auto parts = parts_table();
  for (const AppSession& session : sessions) {
    for (const auto& part : state.app_parts.of(session.id)) add_part(parts, session, part);
  }
  const auto history = recorded(context.policy().history_file());
  const auto uses = operation::app_use(make_world(context), history.get(),
                                       context.clock().now() - std::chrono::days(options.days));
  context.print(frame::Document()
                    .table("sessions", "", session_table(sessions), "no application is in use")
                    .table("components", "Components", parts, "no components")
                    .table("use", "Use of " + std::to_string(options.days) + " days", use_table(uses),
                           "nothing was used"));
  return frame::ExitCode::done;
}

}  // namespace deskloom::cmd
