#include "pool/plan_tables.hpp"

namespace deskloom::cmd {
namespace {

using frame::Table;
using frame::Value;
using operation::PlannedPool;

// Over all steps.
plan::PoolStep sum_of(const std::vector<plan::PoolStep>& steps) {
  plan::PoolStep sum;
  for (const plan::PoolStep& step : steps) {
    sum.arrivals += step.arrivals;
    sum.waiting += step.waiting;
    sum.wait_min += step.wait_min;
    sum.idle_min += step.idle_min;
    sum.cost += step.cost;
  }
  return sum;
}

std::vector<frame::Column> expected_columns(std::vector<frame::Column> before) {
  before.insert(before.end(), {{"arrivals", "ARRIVALS"},
                               {"waiting", "WAITING"},
                               {"wait_minutes", "WAIT MIN"},
                               {"idle_minutes", "IDLE MIN"},
                               {"cost", "COST"}});
  return before;
}

std::vector<Value> with_expected(std::vector<Value> before, const plan::PoolStep& step) {
  for (const double amount : {step.arrivals, step.waiting, step.wait_min, step.idle_min, step.cost})
    before.push_back(Value::number_of(amount, 2));
  return before;
}

std::vector<std::string> users_of(const std::vector<plan::ShadowChoice>& shadows) {
  std::vector<std::string> users;
  for (const plan::ShadowChoice& shadow : shadows) users.push_back(shadow.user);
  return users;
}

}  // namespace

Table target_table(const std::vector<PlannedPool>& pools) {
  auto columns = expected_columns({{"pool", "POOL"},
                                   {"holds_until", ""},
                                   {"target_warm", "GHOSTS"},
                                   {"keep_warm", "KEEP"},
                                   {"shadows", "SHADOWS"},
                                   {"steps", ""}});
  columns.push_back({"target_reason", "BECAUSE"});
  Table table(std::move(columns));
  for (const auto& [plan, steps, alternatives, hosts, notes] : pools) {
    auto row = with_expected({plan.pool, plan.holds_until, plan.target.ghosts, plan.target.keep,
                              plan.target.shadows.size(), steps.size()},
                             sum_of(steps));
    row.emplace_back(plan.target.reason);
    table.add(std::move(row));
  }
  return table;
}

Table action_table(const std::vector<PlannedPool>& pools) {
  Table table({{"pool", "POOL"},
               {"kind", "ACTION"},
               {"instance", "INSTANCE"},
               {"user", "USER"},
               {"reason", "BECAUSE"}});
  for (const PlannedPool& pool : pools)
    for (const auto& a : pool.plan.actions)
      table.add({pool.plan.pool, to_string(a.kind), a.instance, a.user, a.reason});
  return table;
}

Table note_table(const std::vector<PlannedPool>& pools) {
  Table table({{"pool", "POOL"}, {"note", "NOTE"}});
  for (const PlannedPool& pool : pools) {
    for (const auto& reason : pool.plan.reasons) table.add({pool.plan.pool, reason});
    for (const auto& note : pool.notes) table.add({pool.plan.pool, note});
  }
  return table;
}

Table step_table(const std::vector<PlannedPool>& pools) {
  auto columns = expected_columns({{"pool", "POOL"}, {"begin", "FROM"}, {"ghosts", "GHOSTS"}});
  columns.insert(columns.end(), {{"reason", "BECAUSE"}, {"shadows", "SHADOWS"}});
  Table table(std::move(columns));
  for (const PlannedPool& pool : pools) {
    for (const plan::PoolStep& step : pool.steps) {
      auto row = with_expected({pool.plan.pool, step.begin, step.ghosts}, step);
      row.emplace_back(step.reason);
      row.emplace_back(users_of(step.shadows));
      table.add(std::move(row));
    }
  }
  return table;
}

Table shadow_table(const std::vector<PlannedPool>& pools) {
  Table table({{"pool", "POOL"},
               {"begin", "FROM"},
               {"user", "USER"},
               {"probability", "PROBABILITY"},
               {"reason", "BECAUSE"}});
  for (const PlannedPool& pool : pools)
    for (const plan::PoolStep& step : pool.steps)
      for (const plan::ShadowChoice& shadow : step.shadows)
        table.add({pool.plan.pool, step.begin, shadow.user, Value::number_of(shadow.probability, 2),
                   shadow.reason});
  return table;
}

Table alternative_table(const std::vector<PlannedPool>& pools) {
  Table table({{"pool", "POOL"},
               {"ghosts", "GHOSTS"},
               {"served", "NOBODY WAITS"},
               {"wait_cost", "WAITS COST"},
               {"idle_cost", "IDLING COSTS"},
               {"verdict", "VERDICT"}});
  for (const PlannedPool& pool : pools)
    for (const auto& a : pool.alternatives)
      table.add({pool.plan.pool, a.ghosts, Value::number_of(a.served, 3), Value::number_of(a.wait_cost, 3),
                 Value::number_of(a.idle_cost, 3), a.verdict});
  return table;
}

Table host_choice_table(const std::vector<PlannedPool>& pools) {
  Table table({{"pool", "POOL"}, {"host", "HOST"}, {"cost_hour", "COST/H"}, {"verdict", "VERDICT"}});
  for (const PlannedPool& pool : pools)
    for (const auto& host : pool.hosts)
      table.add({pool.plan.pool, host.host, Value::number_of(host.cost, 4), host.why});
  return table;
}

}  // namespace deskloom::cmd
