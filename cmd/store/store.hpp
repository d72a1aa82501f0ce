#pragma once

#include "frame/command.hpp"

namespace deskloom::cmd {

struct StoreServeOptions {
  bool read_only = false;
};
void setup(CLI::App& app, StoreServeOptions& options);
frame::ExitCode run(const StoreServeOptions& options, frame::Context& context);

}  // namespace deskloom::cmd
