#include <CLI/CLI.hpp>

#include "base/fd.hpp"
#include "frame/context.hpp"
#include "operation/pool.hpp"
#include "plan/pool_plan_json.hpp"
#include "pool/pool.hpp"
#include "world.hpp"

namespace deskloom::cmd {

void setup(CLI::App& app, PoolPlanOptions& options) {
  app.add_option("pool", options.pool, "which pool")->required()->type_name("POOL");
  app.add_option("--output", options.output, "write the plan here, for 'pool apply --plan'")
      ->type_name("FILE");
}

frame::ExitCode run(const PoolPlanOptions& options, frame::Context& context) {
  const auto world = make_world(context);
  const auto& pool = context.policy().pool(options.pool);
  const auto plan =
      plan::plan_pool(operation::pool_situation(world, pool), plan::FixedDemand(), context.clock().now());
  if (options.output) base::write_file_durably(*options.output, to_json(plan).dump(2) + "\n");

  frame::Table actions({{"kind", "ACTION"}, {"instance", "INSTANCE"}, {"reason", "BECAUSE"}});
  for (const auto& a : plan.actions) actions.add({to_string(a.kind), a.instance, a.reason});
  context.print(frame::Document()
                    .field("pool", "Pool", plan.pool)
                    .field("generation", "Generation", plan.generation)
                    .field("made_at", "Made", plan.made_at)
                    .field("target_warm", "Ghosts wanted", plan.target.warm)
                    .field("target_reason", "Because", plan.target.reason)
                    .field("reasons", "Notes", plan.reasons)
                    .table("actions", "Actions", actions, "nothing to do"));
  return frame::ExitCode::done;
}

}  // namespace deskloom::cmd
