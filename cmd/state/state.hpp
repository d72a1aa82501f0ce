#pragma once

#include <string>

#include "frame/command.hpp"

namespace deskloom::cmd {

struct StateCheckOptions {};
void setup(CLI::App& app, StateCheckOptions& options);
frame::ExitCode run(const StateCheckOptions& options, frame::Context& context);

struct StateUpgradeOptions {};
void setup(CLI::App& app, StateUpgradeOptions& options);
frame::ExitCode run(const StateUpgradeOptions& options, frame::Context& context);

struct StateBackupOptions {
  std::string file;
};
void setup(CLI::App& app, StateBackupOptions& options);
frame::ExitCode run(const StateBackupOptions& options, frame::Context& context);

}  // namespace deskloom::cmd
