#pragma once

#include <optional>
#include <string>

#include "frame/command.hpp"

namespace deskloom::cmd {

struct ScaleRunOptions {
  std::optional<std::string> pool;
};
void setup(CLI::App& app, ScaleRunOptions& options);
frame::ExitCode run(const ScaleRunOptions& options, frame::Context& context);

}  // namespace deskloom::cmd
