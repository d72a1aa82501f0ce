#pragma once

#include <optional>
#include <string>
#include <vector>

#include "frame/command.hpp"

namespace deskloom::cmd {

struct PredictEvaluateOptions {
  std::optional<std::string> from, test_from, until, network, forecasts, html;
  std::vector<std::string> tasks;
  int folds = 1;
};
void setup(CLI::App& app, PredictEvaluateOptions& options);
frame::ExitCode run(const PredictEvaluateOptions& options, frame::Context& context);

struct PredictTrainOptions {
  std::optional<std::string> until;
  std::string kind = "regression", device = "auto";
  std::optional<int> time_limit_s;
  bool promote = false, if_drifted = false;
};
void setup(CLI::App& app, PredictTrainOptions& options);
frame::ExitCode run(const PredictTrainOptions& options, frame::Context& context);

struct PredictListOptions {};
void setup(CLI::App& app, PredictListOptions& options);
frame::ExitCode run(const PredictListOptions& options, frame::Context& context);

struct PredictPromoteOptions {
  std::string model;
  bool always = false, previous = false, none = false;
};
void setup(CLI::App& app, PredictPromoteOptions& options);
frame::ExitCode run(const PredictPromoteOptions& options, frame::Context& context);

struct PredictForecastOptions {
  std::optional<std::string> at;
  std::vector<std::string> users;
  bool anonymize = false;
};
void setup(CLI::App& app, PredictForecastOptions& options);
frame::ExitCode run(const PredictForecastOptions& options, frame::Context& context);

struct PredictShowOptions {
  std::string user;
  bool anonymize = false;
};
void setup(CLI::App& app, PredictShowOptions& options);
frame::ExitCode run(const PredictShowOptions& options, frame::Context& context);

struct PredictMapOptions {
  std::optional<std::string> pool, role, department, at;
  std::vector<std::string> places;
  bool anonymize = false;
};
void setup(CLI::App& app, PredictMapOptions& options);
frame::ExitCode run(const PredictMapOptions& options, frame::Context& context);

}  // namespace deskloom::cmd
