#include <CLI/CLI.hpp>

#include "base/error.hpp"
#include "frame/context.hpp"
#include "instance/instance.hpp"
#include "operation/orphans.hpp"
#include "world.hpp"

namespace deskloom::cmd {
namespace {

std::string parts_of(const operation::Orphan& orphan) {
  if (orphan.has_domain && orphan.has_files) return "domain and files";
  return orphan.has_domain ? "domain" : "files";
}

// What the hosts and the state store do not agree on.
frame::ExitCode list_orphans(const InstanceListOptions& options, frame::Context& context) {
  const auto world = make_world(context);
  frame::Table table({{"name", "NAME"},
                      {"host", "HOST"},
                      {"what", "WHAT"},
                      {"state", "STATE"},
                      {"user", "USER"},
                      {"remedy", "REMEDY"}});
  std::vector<std::string> failures;
  for (const auto& [host, settings] : context.policy().hosts) {
    if (options.host && *options.host != host) continue;
    try {
      for (const auto& orphan : operation::orphans_on(world, host)) {
        table.add({orphan.name, host, parts_of(orphan),
                   orphan.was_reclaimed ? frame::Value("reclaimed") : frame::Value::absent(),
                   frame::Value::absent(),
                   orphan.was_reclaimed ? "pool apply" : "instance destroy " + orphan.name});
      }
      state::InstanceFilter on_host;
      on_host.host = host;
      for (const auto& lost : operation::lost_instances(world, on_host))
        table.add({lost.name, host, "row", domain::to_string(lost.state), lost.user, "pool apply"});
    } catch (const base::Error& e) {
      if (e.kind() != base::ErrorKind::host_unreachable) throw;
      failures.push_back(e.what());
    }
  }
  context.print(frame::Document()
                    .table("orphans", "", table, "no orphans")
                    .field("failures", failures.empty() ? "" : "Failed", failures));
  return failures.empty() ? frame::ExitCode::done : frame::ExitCode::partial;
}

}  // namespace

void setup(CLI::App& app, InstanceListOptions& options) {
  app.add_option("--pool", options.pool, "only of this pool")->type_name("POOL");
  app.add_option("--host", options.host, "only on this host")->type_name("HOST");
  app.add_option("--user", options.user, "only the one of this user")->type_name("USER");
  app.add_option("--state", options.state, "only in this state")->type_name("STATE");
  auto* all = app.add_flag("--all", options.all, "reclaimed ones too");
  app.add_flag("--orphans", options.orphans,
               "ask the hosts: what has no row in the state store, and rows that have no domain")
      ->excludes(all);
}

frame::ExitCode run(const InstanceListOptions& options, frame::Context& context) {
  if (options.orphans) return list_orphans(options, context);
  state::InstanceFilter filter{options.pool, options.host, options.user, std::nullopt, !options.all};
  if (options.state) filter.state = domain::parse_instance_state(*options.state);
  frame::Table table({{"name", "NAME"},
                      {"pool", "POOL"},
                      {"host", "HOST"},
                      {"state", "STATE"},
                      {"user", "USER"},
                      {"vcpus", "CPUS"},
                      {"memory_bytes", "MEMORY"},
                      {"power", "POWER"},
                      {"full_vcpus", ""},
                      {"full_memory_bytes", ""},
                      {"image", ""},
                      {"snapshot", ""},
                      {"created_at", ""},
                      {"changed_at", "SINCE"}});
  for (const domain::Instance& i : context.state().instances.list(filter)) {
    table.add({i.name, i.pool, i.host, domain::to_string(i.state), i.user, i.allocation.vcpus,
               frame::Value::size(i.allocation.memory_bytes), domain::to_string(i.power), i.full.vcpus,
               frame::Value::size(i.full.memory_bytes), i.image, i.snapshot, i.created_at, i.changed_at});
  }
  context.print(frame::Document().table("instances", "", table, "no instances"));
  return frame::ExitCode::done;
}

}  // namespace deskloom::cmd
