#pragma once

#include <string>

#include "frame/command.hpp"

namespace deskloom::cmd {

struct StoreServeOptions {
  bool read_only = false;
};
void setup(CLI::App& app, StoreServeOptions& options);
frame::ExitCode run(const StoreServeOptions& options, frame::Context& context);

struct StoreRekeyOptions {
  std::string new_key_file;
  std::string new_key_command;
};
void setup(CLI::App& app, StoreRekeyOptions& options);
frame::ExitCode run(const StoreRekeyOptions& options, frame::Context& context);

}  // namespace deskloom::cmd
