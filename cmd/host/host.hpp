#pragma once

#include <optional>
#include <string>

#include "frame/command.hpp"

namespace deskloom::cmd {

struct HostListOptions {};
void setup(CLI::App& app, HostListOptions& options);
frame::ExitCode run(const HostListOptions& options, frame::Context& context);

struct HostProbeOptions {
  std::optional<std::string> host;
};
void setup(CLI::App& app, HostProbeOptions& options);
frame::ExitCode run(const HostProbeOptions& options, frame::Context& context);

}  // namespace deskloom::cmd
