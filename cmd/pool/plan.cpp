#include <CLI/CLI.hpp>

#include "base/fd.hpp"
#include "frame/context.hpp"
#include "operation/pool_planning.hpp"
#include "plan/pool_plan_json.hpp"
#include "pool/plan_tables.hpp"
#include "pool/pool.hpp"
#include "pool/usage.hpp"

namespace deskloom::cmd {
namespace {

std::vector<operation::PlannedPool> plan_pools(const PoolPlanOptions& options, frame::Context& context,
                                               base::Timestamp now) {
  const auto& policy = context.policy();
  const auto names = pools_named(policy, options.pool);
  operation::PoolPlanner planner(policy, context.state(), names, now);
  std::vector<operation::PlannedPool> planned;
  planned.reserve(names.size());
  for (const auto& name : names) planned.push_back(planner.plan(policy.pool(name)));
  return planned;
}

void write_plans(const std::vector<operation::PlannedPool>& planned, base::Timestamp now,
                 const std::string& file) {
  std::vector<plan::PoolPlan> plans;
  plans.reserve(planned.size());
  for (const auto& pool : planned) plans.push_back(pool.plan);
  base::write_file_durably(file, to_json(plans, now).dump(2) + "\n");
}

}  // namespace

void setup(CLI::App& app, PoolPlanOptions& options) {
  app.add_option("pool", options.pool, "only this pool")->type_name("POOL");
  app.add_option("--out,--output", options.output, "write the plan here, for 'pool apply'")
      ->type_name("FILE");
  app.add_flag("--explain", options.explain,
               "the steps ahead, and what else was weighed: other numbers of ghosts, other hosts");
}

frame::ExitCode run(const PoolPlanOptions& options, frame::Context& context) {
  const base::Timestamp now = context.clock().now();
  const auto planned = plan_pools(options, context, now);
  if (options.output) write_plans(planned, now, *options.output);
  frame::Document document;
  document.field("made_at", "Made", now)
      .table("pools", "Pools", target_table(planned), "no pools")
      .table("actions", "Actions", action_table(planned), "nothing to do")
      .table("notes", "Notes", note_table(planned));
  if (options.explain)
    document.table("alternatives", "Other numbers of ghosts", alternative_table(planned))
        .table("hosts", "Hosts for a new ghost", host_choice_table(planned))
        .table("steps", "Steps ahead", step_table(planned))
        .table("shadows", "Shadows in these steps", shadow_table(planned));
  context.print(document);
  return frame::ExitCode::done;
}

}  // namespace deskloom::cmd
