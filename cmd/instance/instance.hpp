#pragma once

#include <optional>
#include <string>

#include "frame/command.hpp"

namespace deskloom::cmd {

struct InstanceListOptions {
  std::optional<std::string> pool;
  std::optional<std::string> host;
  std::optional<std::string> user;
  std::optional<std::string> state;
  bool all = false;
};
void setup(CLI::App& app, InstanceListOptions& options);
frame::ExitCode run(const InstanceListOptions& options, frame::Context& context);

}  // namespace deskloom::cmd
