#pragma once

#include "frame/command.hpp"

namespace deskloom::cmd {

struct ConfigCheckOptions {};
void setup(CLI::App& app, ConfigCheckOptions& options);
frame::ExitCode run(const ConfigCheckOptions& options, frame::Context& context);

struct ConfigShowOptions {};
void setup(CLI::App& app, ConfigShowOptions& options);
frame::ExitCode run(const ConfigShowOptions& options, frame::Context& context);

}  // namespace deskloom::cmd
