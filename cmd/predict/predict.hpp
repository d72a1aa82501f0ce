#pragma once

#include <optional>
#include <string>

#include "frame/command.hpp"

namespace deskloom::cmd {

struct PredictEvaluateOptions {
  std::optional<std::string> from, test_from, until;
};
void setup(CLI::App& app, PredictEvaluateOptions& options);
frame::ExitCode run(const PredictEvaluateOptions& options, frame::Context& context);

}  // namespace deskloom::cmd
