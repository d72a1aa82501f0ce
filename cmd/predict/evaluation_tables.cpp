#include "predict/evaluation_tables.hpp"

#include <fmt/format.h>

#include <cmath>

namespace deskloom::cmd {
namespace {

using frame::Value;

Value share(double value) { return Value::number_of(value, 3); }
Value minutes(double value) { return Value::number_of(value, 1); }

const std::vector<frame::Column> amount_columns{{"model", "MODEL"},
                                                {"hours", "HOURS"},
                                                {"weighted_loss", "LOSS"},
                                                {"weighted_loss_95", "AT 0.95"},
                                                {"within_10_90", "IN 10-90 %"},
                                                {"coverage_95", "BELOW 95 %"},
                                                {"scaled_error", "MASE"}};

std::vector<frame::Column> behind(std::vector<frame::Column> columns,
                                  const std::vector<frame::Column>& more) {
  columns.insert(columns.end(), more.begin(), more.end());
  return columns;
}

void add_amounts(frame::Table& table, const std::vector<Value>& of,
                 const std::vector<predict::AmountScores>& models) {
  for (const predict::AmountScores& one : models) {
    std::vector<Value> row = of;
    const predict::QuantileScores& scores = one.scores;
    for (const Value& value :
         {Value(one.model), Value(scores.count), Value::number_of(scores.weighted_loss, 4),
          Value::number_of(scores.weighted_loss_95, 4), share(scores.within_80), share(scores.coverage_95),
          share(one.scaled_error)})
      row.push_back(value);
    table.add(std::move(row));
  }
}

Value pool_of(const operation::Costs& costs) { return costs.pool ? Value(*costs.pool) : Value::absent(); }

}  // namespace

Value exact(double score) { return Value::number_of(score, 5); }

frame::Table connects_table(const operation::EvaluationReport& report) {
  frame::Table table({{"model", "MODEL"},
                      {"users", "USERS"},
                      {"slots", "SLOTS"},
                      {"rate", "CONNECTS"},
                      {"log_loss", "LOG LOSS"},
                      {"brier", "BRIER"},
                      {"calibration_error", "CALIBRATION"}});
  for (const predict::ModelScores& of : report.connects) {
    const predict::ProbabilityScores& scores = of.scores;
    if (scores.count == 0) continue;
    table.add({of.model, of.known_users ? "known" : "new", scores.count, exact(scores.rate),
               exact(scores.log_loss), exact(scores.brier), exact(scores.calibration_error)});
  }
  return table;
}

frame::Table calibration_table(const operation::EvaluationReport& report) {
  frame::Table table({{"model", ""}, {"users", ""}, {"slots", ""}, {"foretold", ""}, {"came", ""}});
  for (const predict::ModelScores& of : report.connects)
    for (const predict::CalibrationBin& bin : of.bins)
      table.add(
          {of.model, of.known_users ? "known" : "new", bin.count, exact(bin.probability), exact(bin.rate)});
  return table;
}

frame::Table lengths_table(const operation::EvaluationReport& report) {
  frame::Table table({{"model", "MODEL"},
                      {"sessions", "SESSIONS"},
                      {"weighted_loss", "LOSS"},
                      {"weighted_loss_95", "AT 0.95"},
                      {"coverage_90", "BELOW 90 %"},
                      {"coverage_95", "BELOW 95 %"},
                      {"median_error_minutes", "MEDIAN OFF BY"}});
  for (const auto& [model, scores] : report.lengths) {
    Value error = minutes(60 * scores.absolute_error);
    error.text += " min";
    table.add({model, scores.count, Value::number_of(scores.weighted_loss, 4),
               Value::number_of(scores.weighted_loss_95, 4), share(scores.coverage_90),
               share(scores.coverage_95), error});
  }
  return table;
}

frame::Table pools_table(const operation::EvaluationReport& report) {
  frame::Table table(behind({{"pool", "POOL"}, {"amount", "OF"}}, amount_columns));
  for (const operation::PoolScores& of : report.pools)
    add_amounts(table, {of.pool, name_of(of.kind)}, of.models);
  return table;
}

frame::Table resources_table(const operation::EvaluationReport& report) {
  frame::Table table(behind({{"metric", "METRIC"}}, amount_columns));
  for (const operation::MetricScores& of : report.resources)
    add_amounts(table, {domain::name_of(domain::metric_names, of.metric)}, of.models);
  return table;
}

frame::Table next_applications_table(const operation::EvaluationReport& report) {
  frame::Table table({{"model", "MODEL"},
                      {"launches", "LAUNCHES"},
                      {"log_loss", "LOG LOSS"},
                      {"first", "FIRST"},
                      {"among_three", "AMONG 3"}});
  for (const auto& [model, scores] : report.applications.next)
    table.add({model, scores.count, exact(scores.log_loss), share(scores.first), share(scores.among_three)});
  return table;
}

frame::Table used_applications_table(const operation::EvaluationReport& report) {
  frame::Table table({{"model", "MODEL"},
                      {"forecasts", "FORECASTS"},
                      {"rate", "USED"},
                      {"log_loss", "LOG LOSS"},
                      {"brier", "BRIER"},
                      {"calibration_error", "CALIBRATION"}});
  for (const auto& [model, scores] : report.applications.in_session) {
    if (scores.count == 0) continue;
    table.add({model, scores.count, exact(scores.rate), exact(scores.log_loss), exact(scores.brier),
               exact(scores.calibration_error)});
  }
  return table;
}

frame::Table places_table(const operation::EvaluationReport& report) {
  frame::Table table({{"model", "MODEL"},
                      {"hours_ahead", "HOURS AHEAD"},
                      {"sightings", "SIGHTINGS"},
                      {"log_loss", "LOG LOSS"},
                      {"first", "FIRST"},
                      {"among_three", "AMONG 3"}});
  for (const auto& [model, horizon, scores] : report.places) {
    if (scores.count == 0) continue;
    table.add({model, horizon, scores.count, exact(scores.log_loss), share(scores.first),
               share(scores.among_three)});
  }
  return table;
}

frame::Table cost_table(const operation::EvaluationReport& report) {
  std::vector<frame::Column> columns{{"desktops", "DESKTOPS"}, {"model", "MODEL"}};
  for (const double wait : compared_waits) columns.push_back({"", fmt::format("AT {:.0f} %", 100 * wait)});
  frame::Table table(std::move(columns));
  for (const operation::Costs& costs : report.costs) {
    for (const predict::CostCurve& curve : costs.curves) {
      std::vector<Value> row{name_of(costs), curve.model};
      for (const double wait : compared_waits) row.push_back(minutes(predict::idle_at(curve.points, wait)));
      table.add(std::move(row));
    }
  }
  return table;
}

frame::Table costs_by_wait(const operation::EvaluationReport& report) {
  frame::Table table(
      {{"pool", ""}, {"model", ""}, {"waiting", ""}, {"idle_minutes", ""}, {"waited_minutes", ""}});
  for (const operation::Costs& costs : report.costs)
    for (const predict::CostCurve& curve : costs.curves)
      for (const double wait : compared_waits)
        table.add({pool_of(costs), curve.model, Value::number_of(wait, 2),
                   exact(predict::idle_at(curve.points, wait)),
                   exact(wait * static_cast<double>(report.lead_s) / 60)});
  return table;
}

frame::Table cost_curves_table(const operation::EvaluationReport& report) {
  frame::Table table({{"pool", ""},
                      {"model", ""},
                      {"setting", ""},
                      {"waiting", ""},
                      {"idle_minutes", ""},
                      {"waited_minutes", ""}});
  for (const operation::Costs& costs : report.costs)
    for (const predict::CostCurve& curve : costs.curves)
      for (const predict::CostPoint& point : curve.points)
        table.add({pool_of(costs), curve.model, exact(point.setting), exact(point.unmet),
                   exact(point.idle_minutes), exact(point.unmet * static_cast<double>(report.lead_s) / 60)});
  return table;
}

frame::Table not_scored_table(const operation::EvaluationReport& report) {
  frame::Table table({{"task", "NOT SCORED"}, {"why", "WHY"}});
  for (const operation::NotScored& of : report.not_scored)
    table.add({domain::name_of(operation::evaluation_task_names, of.task), of.why});
  return table;
}

std::string method_of(const operation::EvaluationReport& report) {
  if (report.learnt_until.size() == 1) return "models learn once, from what was before the test";
  return fmt::format("models learn anew before each of {} folds, which are scored together",
                     report.learnt_until.size());
}

std::string cost_title(const operation::EvaluationReport& report) {
  return fmt::format(
      "Minutes that desktops idle for each session, when 5, 10 or 20 % of sessions wait {:.0f} minutes",
      static_cast<double>(report.lead_s) / 60);
}

std::string name_of(const operation::Costs& costs) {
  return costs.pool ? "shared: " + *costs.pool : "each user's own";
}

std::string name_of(predict::DemandKind kind) {
  return kind == predict::DemandKind::arrivals ? "arrivals" : "concurrent";
}

}  // namespace deskloom::cmd
