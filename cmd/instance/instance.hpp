#pragma once

#include <optional>
#include <string>
#include <vector>

#include "frame/command.hpp"

namespace deskloom::cmd {

struct InstanceListOptions {
  std::optional<std::string> pool;
  std::optional<std::string> host;
  std::optional<std::string> user;
  std::optional<std::string> state;
  bool all = false;
  bool orphans = false;
};
void setup(CLI::App& app, InstanceListOptions& options);
frame::ExitCode run(const InstanceListOptions& options, frame::Context& context);

struct InstanceShowOptions {
  std::string name;
};
void setup(CLI::App& app, InstanceShowOptions& options);
frame::ExitCode run(const InstanceShowOptions& options, frame::Context& context);

struct InstanceDestroyOptions {
  std::string instance;
  bool force = false;
};
void setup(CLI::App& app, InstanceDestroyOptions& options);
frame::ExitCode run(const InstanceDestroyOptions& options, frame::Context& context);

struct InstanceExecOptions {
  std::string instance;
  std::string user;
  int timeout_s = 60;
  std::vector<std::string> command;
};
void setup(CLI::App& app, InstanceExecOptions& options);
frame::ExitCode run(const InstanceExecOptions& options, frame::Context& context);

}  // namespace deskloom::cmd
