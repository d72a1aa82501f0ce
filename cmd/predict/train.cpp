#include <CLI/CLI.hpp>

#include "operation/learn.hpp"
#include "predict/predict.hpp"
#include "predict/trainer.hpp"
#include "predict/usage.hpp"

namespace deskloom::cmd {
namespace {

constexpr std::array<const char*, predict::horizon_bands.size()> band_names{
    "the next quarter hour", "within the hour", "1 to 4 hours",
    "4 to 12 hours",         "12 to 24 hours",  "the day after"};

frame::Table scores_table(const std::vector<predict::AheadScores>& scores) {
  frame::Table table({{"ahead", "AHEAD"},
                      {"slots", "SLOTS"},
                      {"connects_log_loss", "CONNECTS"},
                      {"connects_by_habit", "BY HABIT"},
                      {"connects_calibration_error", "CALIBRATION"},
                      {"present_log_loss", "PRESENT"},
                      {"present_by_habit", "BY HABIT"},
                      {"present_calibration_error", "CALIBRATION"}});
  const auto exact = [](double value) { return frame::Value::number_of(value, 5); };
  for (std::size_t band = 0; band < scores.size(); ++band) {
    const predict::AheadScores& of = scores[band];
    table.add({band_names[band], of.by_model.count, exact(of.by_model.log_loss), exact(of.by_habit.log_loss),
               exact(of.by_model.calibration_error), exact(of.there_by_model.log_loss),
               exact(of.there_by_habit.log_loss), exact(of.there_by_model.calibration_error)});
  }
  return table;
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
}

frame::ExitCode run(const PredictTrainOptions& options, frame::Context& context) {
  const Usage usage(context);
  const auto now = time_or_now(options.until, context);
  forecast::Store store(context.policy().forecast_file(), forecast::Store::Access::write);
  operation::LearnOptions learning{options.kind, {}};
  if (options.kind != "regression") {
    learning.train_network = [&](base::Timestamp from, base::Timestamp until) {
      return train_network(context, {options.kind, options.device, options.time_limit_s}, from, until);
    };
  }
  const auto report = operation::learn(usage.source(), store, now, learning);
  frame::Document document;
  document.field("model", "Model", report.model.name)
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
