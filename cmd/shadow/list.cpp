#include <CLI/CLI.hpp>

#include "frame/context.hpp"
#include "operation/modes.hpp"
#include "operation/shadow.hpp"
#include "shadow/shadow.hpp"

namespace deskloom::cmd {
void setup(CLI::App& app, ShadowListOptions& options) {
  app.add_option("pool", options.pool, "only of this pool")->type_name("POOL");
}

frame::ExitCode run(const ShadowListOptions& options, frame::Context& context) {
  if (options.pool) static_cast<void>(context.policy().pool(*options.pool));  // throws when unknown
  const auto returns = returns_now(context);
  frame::Table table({{"user", "USER"},
                      {"instance", "INSTANCE"},
                      {"pool", "POOL"},
                      {"host", "HOST"},
                      {"state", "STATE"},
                      {"power", "WAITS"},
                      {"vcpus", "CPUS"},
                      {"memory_bytes", "MEMORY"},
                      {"full_vcpus", "OF CPUS"},
                      {"full_memory_bytes", "OF MEMORY"},
                      {"return_probability", "RETURNS"},
                      {"since", "SINCE"}});
  for (const auto& shadow : operation::shadows(context.state(), options.pool)) {
    const auto full = operation::in_use(context.policy(), context.state(), shadow, context.clock().now());
    table.add({shadow.user, shadow.name, shadow.pool, shadow.host, domain::to_string(shadow.state),
               domain::to_string(shadow.power), shadow.allocation.vcpus,
               frame::Value::size(shadow.allocation.memory_bytes), full.vcpus,
               frame::Value::size(full.memory_bytes),
               probability_value(operation::return_probability(context.policy(), returns, shadow)),
               shadow.changed_at});
  }
  context.print(frame::Document().table("shadows", "", table, "no shadows"));
  return frame::ExitCode::done;
}

}  // namespace deskloom::cmd
