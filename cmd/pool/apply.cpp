#include <CLI/CLI.hpp>
#include <filesystem>
#include <map>
#include <set>

#include "base/error.hpp"
#include "base/fd.hpp"
#include "frame/context.hpp"
#include "frame/interrupt.hpp"
#include "operation/grace.hpp"
#include "operation/journal.hpp"
#include "operation/orphans.hpp"
#include "operation/plan_validity.hpp"
#include "operation/pool.hpp"
#include "operation/pool_hosts.hpp"
#include "operation/pool_planning.hpp"
#include "plan/pool_plan_json.hpp"
#include "pool/pool.hpp"
#include "pool/usage.hpp"
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
                       {"user", "USER"},
                       {"result", "RESULT"},
                       {"reason", "BECAUSE"}});
}

frame::Value or_absent(const std::string& text) {
  return text.empty() ? frame::Value::absent() : frame::Value(text);
}

// What to carry out: the plans of a file, or else plans that are made when their pool's turn comes.
struct Wanted {
  std::map<std::string, plan::PoolPlan> given;
  std::vector<std::string> pools;
};

std::vector<plan::PoolPlan> load_plans(const std::string& file) {
  return plan::plans_from_json(base::parse_json(base::read_file(file, max_plan_bytes), file), file);
}

// No pool is called so while there is such a file: 'pool apply plan.json'.
bool is_plan_file(const std::string& argument) {
  return argument.ends_with(".json") && std::filesystem::exists(argument);
}

Wanted wanted_of_file(const std::string& file, const std::optional<std::string>& pool,
                      const policy::Policy& policy) {
  Wanted wanted;
  for (const plan::PoolPlan& plan : load_plans(file)) {
    if (pool && *pool != plan.pool) continue;
    wanted.pools.push_back(policy.pool(plan.pool).name);
    wanted.given.emplace(plan.pool, plan);
  }
  if (pool && wanted.pools.empty())
    throw base::Error(base::ErrorKind::usage, file + " has no plan for pool " + *pool,
                      "make one with 'deskloom pool plan " + *pool + " --out FILE'");
  return wanted;
}

Wanted wanted_by(const PoolApplyOptions& options, const policy::Policy& policy) {
  if (options.plan) return wanted_of_file(*options.plan, options.pool, policy);
  if (options.pool && is_plan_file(*options.pool)) return wanted_of_file(*options.pool, {}, policy);
  return {{}, pools_named(policy, options.pool)};
}

ActionOutcome outcome_of(const operation::Ended& ended) {
  plan::PoolAction action;
  action.kind = plan::ActionKind::reclaim;
  action.instance = ended.what.instance.name;
  action.user = ended.what.instance.user;
  action.reason = ended.what.reason;
  return {action, ended.what.instance.name, ended.error};
}

ActionOutcome outcome_of(const operation::Orphan& orphan) {
  plan::PoolAction action;
  action.kind = plan::ActionKind::reclaim;
  action.instance = orphan.name;
  action.reason = "it was reclaimed, and left something on host " + orphan.host;
  return {action, orphan.name, ""};
}

// A given plan is carried out as it is; without one, what was left unfinished is finished first.
class Application {
 public:
  Application(frame::Context& context, const Wanted& wanted)
      : context_(context), world_(make_world(context)), wanted_(wanted), begun_at_(world_.clock.now()) {
    // Before the first of several is carried out.
    for (const auto& [name, plan] : wanted.given) static_cast<void>(plan_for(world_.policy.pool(name)));
    if (wanted.given.empty()) planner_.emplace(world_.policy, world_.state, wanted.pools, begun_at_);
  }

  std::vector<ActionOutcome> apply(const policy::Pool& pool) {
    if (context_.dry_run()) return only_planned(pool);
    const state::LeaseGuard lease(context_.state().leases, "pool:" + pool.name, "pool apply " + pool.name,
                                  context_.lock_timeout(), context_.on_wait());
    std::vector<ActionOutcome> outcomes;
    if (planner_) {
      operation::recover(world_, std::nullopt);
      operation::mark_lost_instances(world_, pool);
      clean_up_hosts_of(pool, outcomes);
      for (const auto& ended : operation::end_forgotten(world_, pool)) outcomes.push_back(outcome_of(ended));
    }
    for (auto& outcome :
         operation::apply_plan(world_, pool, plan_for(pool), [] { return frame::interrupted(); }))
      outcomes.push_back(std::move(outcome));
    return outcomes;
  }

 private:
  // No host is asked, so that nothing is said of what a crash left there.
  std::vector<ActionOutcome> only_planned(const policy::Pool& pool) {
    std::vector<ActionOutcome> outcomes;
    if (planner_) {
      for (const auto& what : operation::forgotten(world_, pool)) outcomes.push_back(outcome_of({what, ""}));
    }
    for (const auto& action : operation::left_to_do(world_.state, pool, plan_for(pool)))
      outcomes.push_back({action, action.instance.value_or(""), {}});
    return outcomes;
  }

  // Each host once, however many pools share it.
  void clean_up_hosts_of(const policy::Pool& pool, std::vector<ActionOutcome>& outcomes) {
    for (const auto& host : operation::hosts_of(world_.policy, pool)) {
      if (!cleaned_hosts_.insert(host).second) continue;
      for (const auto& orphan : operation::clean_up(world_, host)) outcomes.push_back(outcome_of(orphan));
    }
  }

  // A given one that holds as this begins holds to the end, however long the pools before it take.
  plan::PoolPlan plan_for(const policy::Pool& pool) {
    if (planner_) return planner_->plan(pool).plan;
    const auto& plan = wanted_.given.at(pool.name);
    operation::require_valid(world_.policy, world_.state, pool, plan, begun_at_);
    return plan;
  }

  frame::Context& context_;
  operation::World world_;
  const Wanted& wanted_;
  base::Timestamp begun_at_;
  std::optional<operation::PoolPlanner> planner_;
  std::set<std::string> cleaned_hosts_;
};

frame::ExitCode verdict(std::size_t actions, std::size_t failed) {
  if (failed == 0) return frame::ExitCode::done;
  return failed == actions ? frame::ExitCode::failed : frame::ExitCode::partial;
}

}  // namespace

void setup(CLI::App& app, PoolApplyOptions& options) {
  app.add_option("pool", options.pool, "only this pool; or a plan's file, when it ends in .json")
      ->type_name("POOL");
  app.add_option("--plan", options.plan,
                 "carry out this plan, or the rest of it; refused when what it was made from has changed")
      ->type_name("FILE");
}

frame::ExitCode run(const PoolApplyOptions& options, frame::Context& context) {
  const Wanted wanted = wanted_by(options, context.policy());
  Application application(context, wanted);
  auto table = outcomes_table();
  std::size_t actions = 0, failed = 0;
  for (const auto& name : wanted.pools) {
    for (const auto& o : application.apply(context.policy().pool(name))) {
      const std::string done = context.dry_run() ? "planned" : "done";
      table.add({name, to_string(o.action.kind), or_absent(o.instance), o.action.user,
                 o.error.empty() ? done : o.error, o.action.reason});
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
