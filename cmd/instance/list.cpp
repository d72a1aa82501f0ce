#include <CLI/CLI.hpp>

#include "frame/context.hpp"
#include "instance/instance.hpp"

namespace deskloom::cmd {

void setup(CLI::App& app, InstanceListOptions& options) {
  app.add_option("--pool", options.pool, "only of this pool")->type_name("POOL");
  app.add_option("--host", options.host, "only on this host")->type_name("HOST");
  app.add_option("--user", options.user, "only the one of this user")->type_name("USER");
  app.add_option("--state", options.state, "only in this state")->type_name("STATE");
  app.add_flag("--all", options.all, "reclaimed ones too");
}

frame::ExitCode run(const InstanceListOptions& options, frame::Context& context) {
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
