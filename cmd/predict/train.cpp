#include <CLI/CLI.hpp>

#include "operation/learn.hpp"
#include "operation/standing.hpp"
#include "predict/band_names.hpp"
#include "predict/evaluation_tables.hpp"
#include "predict/predict.hpp"
#include "predict/trainer.hpp"
#include "predict/usage.hpp"

namespace deskloom::cmd {
namespace {

frame::Table scores_table(const std::vector<predict::AheadScores>& scores) {
  frame::Table table({{"ahead", "AHEAD"},
                      {"slots", "SLOTS"},
                      {"connects_log_loss", "CONNECTS"},
                      {"connects_by_habit", "BY HABIT"},
                      {"connects_calibration_error", "CALIBRATION"},
                      {"present_log_loss", "PRESENT"},
                      {"present_by_habit", "BY HABIT"},
                      {"present_calibration_error", "CALIBRATION"}});
  for (std::size_t band = 0; band < scores.size(); ++band) {
    const predict::AheadScores& of = scores[band];
    table.add({band_names[band], of.by_model.count, exact(of.by_model.log_loss), exact(of.by_habit.log_loss),
               exact(of.by_model.calibration_error), exact(of.there_by_model.log_loss),
               exact(of.there_by_habit.log_loss), exact(of.there_by_model.calibration_error)});
  }
  return table;
}

// Says why nothing was trained.
void print_untrained(const std::string& why, const frame::Context& context) {
  frame::Document document;
  document.field("trained", "Trained", false).field("need", "Why", why);
  for (const char* key : {"model", "learnt_from", "learnt_until", "tested_until", "users"})
    document.field(key, "", frame::Value::absent());
  document.field("promoted", "", false).field("why", "", frame::Value::absent());
  context.print(document.table("scores", "", scores_table({}), "all stays as it is"));
}

}  // namespace

void setup(CLI::App& app, PredictTrainOptions& options) {
  app.add_option("--until", options.until, "learn from, and test on, what was before")->type_name("TIME");
  app.add_option("--kind", options.kind,
                 "regression; or lstm or transformer: a network foretells the coming hour in its place")
      ->check(CLI::IsMember({"regression", "lstm", "transformer"}));
  app.add_option("--device", options.device, "of networks: auto, cpu or cuda")
      ->check(CLI::IsMember({"auto", "cpu", "cuda"}));
  app.add_option("--time-limit", options.time_limit_s, "of networks, in seconds; the best until then is kept")
      ->check(CLI::PositiveNumber);
  app.add_flag("--promote", options.promote, "put it into force when it is better: see 'predict promote'");
  app.add_flag("--if-drifted", options.if_drifted,
               "only when the model in force has drifted, or none is and enough is recorded");
}

frame::ExitCode run(const PredictTrainOptions& options, frame::Context& context) {
  const Usage usage(context);
  const auto now = time_or_now(options.until, context);
  forecast::Store store(context.policy().forecast_file(), forecast::Store::Access::write);
  frame::Value need = frame::Value::absent();
  if (options.if_drifted) {
    const auto [is_needed, why] = operation::training_need(usage.source(), store, now);
    if (!is_needed) {
      print_untrained(why, context);
      return frame::ExitCode::done;
    }
    need = why;
  }
  operation::LearnOptions learning{options.kind, {}};
  if (options.kind != "regression") {
    learning.train_network = [&](base::Timestamp from, base::Timestamp until) {
      return train_network(context, {options.kind, options.device, options.time_limit_s}, from, until);
    };
  }
  const auto report = operation::learn(usage.source(), store, now, learning);
  frame::Document document;
  document.field("trained", "", true)
      .field("need", options.if_drifted ? "Needed" : "", need)
      .field("model", "Model", report.model.name)
      .field("learnt_from", "Learnt from", report.model.learnt_from)
      .field("learnt_until", "Learnt until", report.model.learnt_until)
      .field("tested_until", "Tested until", report.tested_until)
      .field("users", "Users", report.model.users);
  if (options.promote) {
    const auto judgement = operation::judge(usage.source(), store, report.model.name, now);
    if (judgement.is_better)
      forecast::promote(store, {context.clock().now(), report.model.name, judgement.why});
    document.field("promoted", "In force", judgement.is_better).field("why", "Why", judgement.why);
  } else {
    document.field("promoted", "", false).field("why", "", frame::Value::absent());
  }
  document.table("scores", "Log loss on what it had not learnt from", scores_table(report.scores));
  context.print(document);
  if (!options.promote)
    context.say("'deskloom predict promote " + report.model.name + "' puts it into force when it is better");
  return frame::ExitCode::done;
}

}  // namespace deskloom::cmd
