#include <CLI/CLI.hpp>
#include <algorithm>

#include "base/error.hpp"
#include "base/fd.hpp"
#include "frame/context.hpp"
#include "frame/interrupt.hpp"
#include "operation/journal.hpp"
#include "operation/pool.hpp"
#include "plan/pool_plan_json.hpp"
#include "pool/pool.hpp"
#include "state/leases.hpp"
#include "world.hpp"

namespace deskloom::cmd {
namespace {

using operation::ActionOutcome;

constexpr std::uint64_t max_plan_bytes = 16 << 20;

frame::Table outcomes_table() {
  return frame::Table({{"pool", "POOL"},
                       {"kind", "ACTION"},
                       {"instance", "INSTANCE"},
                       {"result", "RESULT"},
                       {"reason", "BECAUSE"}});
}

frame::Value or_absent(const std::string& text) {
  return text.empty() ? frame::Value::absent() : frame::Value(text);
}

plan::PoolPlan load_plan(const std::string& file) {
  return plan::plan_from_json(base::parse_json(base::read_file(file, max_plan_bytes), file), file);
}

plan::PoolPlan make_plan(const operation::World& world, const policy::Pool& pool) {
  return plan::plan_pool(operation::pool_situation(world, pool), plan::FixedDemand(), world.clock.now());
}

std::vector<std::string> chosen_pools(const PoolApplyOptions& options, const policy::Policy& policy,
                                      const std::optional<plan::PoolPlan>& plan) {
  if (plan && options.pool && *options.pool != plan->pool) {
    throw base::Error(base::ErrorKind::usage,
                      "the plan is for pool " + plan->pool + ", not for " + *options.pool);
  }
  if (plan) return {policy.pool(plan->pool).name};
  if (options.pool) return {policy.pool(*options.pool).name};
  std::vector<std::string> names;
  for (const auto& [name, pool] : policy.pools) names.push_back(name);
  return names;
}

std::vector<ActionOutcome> only_planned(const plan::PoolPlan& plan) {
  std::vector<ActionOutcome> outcomes;
  for (const auto& action : plan.actions) outcomes.push_back({action, action.instance.value_or(""), {}});
  return outcomes;
}

// A given plan is carried out as it is; without one, what was left unfinished is finished first.
std::vector<ActionOutcome> apply_one(frame::Context& context, const operation::World& world,
                                     const policy::Pool& pool, const std::optional<plan::PoolPlan>& given) {
  if (context.dry_run()) return only_planned(given ? *given : make_plan(world, pool));
  const state::LeaseGuard lease(context.state().leases, "pool:" + pool.name, "pool apply " + pool.name,
                                context.lock_timeout(), context.on_wait());
  if (!given) {
    operation::recover(world, std::nullopt);
    operation::mark_lost_instances(world, pool);
  }
  return operation::apply_plan(world, pool, given ? *given : make_plan(world, pool),
                               [] { return frame::interrupted(); });
}

frame::ExitCode verdict(std::size_t actions, std::size_t failed) {
  if (failed == 0) return frame::ExitCode::done;
  return failed == actions ? frame::ExitCode::failed : frame::ExitCode::partial;
}

}  // namespace

void setup(CLI::App& app, PoolApplyOptions& options) {
  app.add_option("pool", options.pool, "only this pool")->type_name("POOL");
  app.add_option("--plan", options.plan, "carry out this plan; refused when the pool has changed since")
      ->type_name("FILE");
}

frame::ExitCode run(const PoolApplyOptions& options, frame::Context& context) {
  const auto world = make_world(context);
  const auto given = options.plan ? std::optional(load_plan(*options.plan)) : std::nullopt;
  auto table = outcomes_table();
  std::size_t actions = 0, failed = 0;
  for (const auto& name : chosen_pools(options, context.policy(), given)) {
    for (const auto& o : apply_one(context, world, context.policy().pool(name), given)) {
      const std::string done = context.dry_run() ? "planned" : "done";
      table.add({name, to_string(o.action.kind), or_absent(o.instance), o.error.empty() ? done : o.error,
                 o.action.reason});
      ++actions;
      failed += o.error.empty() ? 0U : 1U;
    }
    frame::stop_if_interrupted();
  }
  context.print(frame::Document()
                    .field("dry_run", context.dry_run() ? "Dry run" : "", context.dry_run())
                    .table("actions", "Actions", table, "every pool is as it should be"));
  return verdict(actions, failed);
}

}  // namespace deskloom::cmd
