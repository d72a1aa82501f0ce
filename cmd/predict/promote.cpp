#include <CLI/CLI.hpp>

#include "base/error.hpp"
#include "operation/foretell.hpp"
#include "operation/learn.hpp"
#include "predict/predict.hpp"
#include "predict/usage.hpp"

namespace deskloom::cmd {
namespace {

// What was in force before what is.
std::optional<std::string> previous_of(const forecast::Store& store) {
  const auto promotions = forecast::promotions(store);
  if (promotions.empty()) {
    throw base::Error(base::ErrorKind::usage, "no model has ever been in force",
                      "'deskloom predict promote MODEL' puts one into force");
  }
  return promotions.size() > 1 ? promotions[1].model : std::nullopt;
}

// Who shall come into force; why not, when nobody shall.
struct Choice {
  std::optional<std::string> model;
  operation::Judgement judgement{true, "as was asked"};
};

Choice choose(const PredictPromoteOptions& options, frame::Context& context, const forecast::Store& store) {
  if (options.none) return {};
  if (options.previous) return {previous_of(store)};
  operation::check_model(store, forecast::model(store, options.model));
  if (options.always) return {options.model};
  const Usage usage(context);
  return {options.model, operation::judge(usage.source(), store, options.model, context.clock().now())};
}

}  // namespace

void setup(CLI::App& app, PredictPromoteOptions& options) {
  auto* model = app.add_option("MODEL", options.model, "which: see 'predict list'");
  auto* previous = app.add_flag("--previous", options.previous, "go back to what was in force before");
  auto* none = app.add_flag("--none", options.none, "forecast from habits alone");
  app.add_flag("--always", options.always, "also when it is not better")->needs(model);
  previous->excludes(model)->excludes(none);
  none->excludes(model);
}

frame::ExitCode run(const PredictPromoteOptions& options, frame::Context& context) {
  if (options.model.empty() && !options.previous && !options.none) {
    throw base::Error(base::ErrorKind::usage, "which model shall come into force?",
                      "name it, as 'deskloom predict list' does, or use --previous or --none");
  }
  const auto access = context.dry_run() ? forecast::Store::Access::read : forecast::Store::Access::write;
  forecast::Store store(context.policy().forecast_file(), access);
  const auto [model, judgement] = choose(options, context, store);
  if (judgement.is_better && !context.dry_run())
    forecast::promote(store, {context.clock().now(), model, judgement.why});
  context.print(frame::Document()
                    .field("model", "Model", model.value_or("habits alone"))
                    .field("promoted", "In force", judgement.is_better)
                    .field("why", "Why", judgement.why)
                    .field("dry_run", context.dry_run() ? "Dry run" : "", context.dry_run()));
  return frame::ExitCode::done;
}

}  // namespace deskloom::cmd
