#pragma once

#include <string>

#include "frame/command.hpp"

// The commands of one word.
namespace deskloom::cmd {

struct InitOptions {
  std::string store_key;
};
void setup(CLI::App& app, InitOptions& options);
frame::ExitCode run(const InitOptions& options, frame::Context& context);

struct StatusOptions {};
void setup(CLI::App& app, StatusOptions& options);
frame::ExitCode run(const StatusOptions& options, frame::Context& context);

}  // namespace deskloom::cmd
