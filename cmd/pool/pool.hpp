#pragma once

#include <optional>
#include <string>

#include "frame/command.hpp"

namespace deskloom::cmd {

struct PoolStatusOptions {
  std::optional<std::string> pool;
};
void setup(CLI::App& app, PoolStatusOptions& options);
frame::ExitCode run(const PoolStatusOptions& options, frame::Context& context);

struct PoolPlanOptions {
  std::optional<std::string> pool;
  std::optional<std::string> output;
  bool explain = false;
};
void setup(CLI::App& app, PoolPlanOptions& options);
frame::ExitCode run(const PoolPlanOptions& options, frame::Context& context);

struct PoolApplyOptions {
  std::optional<std::string> pool;  // or a file with a plan
  std::optional<std::string> plan;
};
void setup(CLI::App& app, PoolApplyOptions& options);
frame::ExitCode run(const PoolApplyOptions& options, frame::Context& context);

}  // namespace deskloom::cmd
