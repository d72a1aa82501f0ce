#include "operation/evaluate.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <fstream>

#include "base/error.hpp"
#include "base/fd.hpp"
#include "forecast/models.hpp"
#include "ingest/time_text.hpp"
#include "predict/evaluation_page.hpp"
#include "predict/evaluation_tables.hpp"
#include "predict/predict.hpp"
#include "predict/usage.hpp"
#include "users_clock.hpp"

namespace deskloom::cmd {
namespace {

constexpr int most_folds = 52;
constexpr mode_t page_mode = 0644;

std::vector<operation::EvaluationTask> tasks_of(const PredictEvaluateOptions& options) {
  std::vector<operation::EvaluationTask> tasks;
  for (const std::string& name : options.tasks)
    tasks.push_back(domain::parse_name(operation::evaluation_task_names, name, "task"));
  if (!tasks.empty()) return tasks;
  for (const auto& [task, name] : operation::evaluation_task_names) tasks.push_back(task);
  return tasks;
}

operation::EvaluationRequest request_of(const PredictEvaluateOptions& options, frame::Context& context) {
  operation::EvaluationRequest request;
  ingest::TimeReader times(users_clock(context.policy()));
  const auto time = [&](const std::optional<std::string>& text) {
    return text ? std::optional(times.read(*text)) : std::nullopt;
  };
  request.tasks = tasks_of(options);
  request.from = time(options.from);
  request.test_from = time(options.test_from);
  request.until = time(options.until);
  request.folds = options.folds;
  if (options.forecasts && !request.asks(operation::EvaluationTask::connects)) {
    throw base::Error(base::ErrorKind::usage, "--forecasts is of the task 'connects'", "add it to --task");
  }
  return request;
}

// Of connecting, as CSV.
class ForecastFile {
 public:
  explicit ForecastFile(std::string path) : path_(std::move(path)), file_(path_) {
    if (!file_) throw base::system_error("cannot write " + path_, errno);
    file_ << "entity,ts,p\n";
  }
  void add(const std::string& user, std::int64_t at_s, double probability) {
    file_ << fmt::format("{},{},{:.6g}\n", user, at_s, probability);
  }
  void close() {
    if (!file_.flush()) throw base::system_error("cannot write " + path_, errno);
  }

 private:
  std::string path_;
  std::ofstream file_;
};

// Of a file, or of a model that 'predict train' made.
predict::ModelFile network_file(const std::string& name, frame::Context& context) {
  if (std::filesystem::exists(name)) return predict::read_model(name);
  const forecast::Store store(context.policy().forecast_file(), forecast::Store::Access::read);
  const auto model = forecast::model(store, name);
  const auto network = predict::network_in(predict::read_model(model.file(store)));
  if (!network) {
    throw base::Error(base::ErrorKind::usage, "the model " + name + " has no network",
                      "name one that 'predict train --kind lstm' or '--kind transformer' made");
  }
  return *network;
}

operation::EvaluationReport evaluate(const PredictEvaluateOptions& options, frame::Context& context) {
  const Usage usage(context);
  operation::EvaluationRequest request = request_of(options, context);
  std::optional<predict::ModelFile> network;
  if (options.network) request.network = &network.emplace(network_file(*options.network, context));
  std::optional<ForecastFile> file;
  if (options.forecasts) {
    file.emplace(*options.forecasts);
    request.foretold = [&](const std::string& user, std::int64_t at_s, double probability) {
      file->add(user, at_s, probability);
    };
  }
  auto report = operation::evaluate(usage.source(), request);
  if (file) file->close();
  return report;
}

// Programs get a list for everything, people what was asked for.
frame::Document document_of(const operation::EvaluationReport& report, bool for_programs) {
  frame::Document document;
  document.field("from", "From", report.from)
      .field("test_from", "Test from", report.test_from)
      .field("until", "Until", report.until)
      .field("users", "Users", report.users)
      .field("folds", "", report.learnt_until.size())
      .field("method", "Learnt", method_of(report));
  const auto add = [&](const char* key, const std::string& title, const frame::Table& table) {
    if (for_programs || !table.empty()) document.table(key, title, table);
  };
  add("connects", "Connecting within a quarter of an hour", connects_table(report));
  add("lengths", "How long sessions last", lengths_table(report));
  add("pools", "Pools, hour by hour, a day ahead", pools_table(report));
  add("resources", "What desktops use, hour by hour, a day ahead", resources_table(report));
  add("applications", "The application that is started next", next_applications_table(report));
  add("applications_used", "Applications of a session", used_applications_table(report));
  add("places", "Places", places_table(report));
  add("cost", cost_title(report), for_programs ? costs_by_wait(report) : cost_table(report));
  add("not_scored", "", not_scored_table(report));
  if (!for_programs) return document;
  add("calibration", "", calibration_table(report));
  add("cost_curves", "", cost_curves_table(report));
  return document;
}

}  // namespace

void setup(CLI::App& app, PredictEvaluateOptions& options) {
  app.add_option("--from", options.from, "what was before is left out; else all that is recorded counts")
      ->type_name("TIME");
  app.add_option("--test-from", options.test_from, "learn from what was before, score from there on")
      ->type_name("TIME");
  app.add_option("--until", options.until, "what was later is left out")->type_name("TIME");
  app.add_option("--folds", options.folds,
                 "test so many times, on windows one behind the other, and learn anew before each")
      ->check(CLI::Range(1, most_folds));
  app.add_option("--task", options.tasks,
                 "only these (repeatable, or with commas): connects, lengths, pools, resources, "
                 "applications, places, cost")
      ->type_name("TASK")
      ->delimiter(',')
      ->allow_extra_args(false);
  app.add_option(
         "--network", options.network,
         "score this network, too, with its heads: a trained model, or a file that deskloom-predict made")
      ->type_name("FILE");
  app.add_option("--forecasts", options.forecasts,
                 "write what the network, or else the regression, foretold: entity,ts,p")
      ->type_name("FILE");
  app.add_option("--html", options.html, "write all of it as a web page, with drawings")->type_name("FILE");
}

frame::ExitCode run(const PredictEvaluateOptions& options, frame::Context& context) {
  const auto report = evaluate(options, context);
  if (options.html) base::write_file_durably(*options.html, evaluation_page(report), page_mode);
  context.print(document_of(report, context.json()));
  return frame::ExitCode::done;
}

}  // namespace deskloom::cmd
