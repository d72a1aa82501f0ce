#pragma once

#include "frame/command.hpp"

namespace deskloom::cmd {

struct DoctorOptions {};
void setup(CLI::App& app, DoctorOptions& options);
frame::ExitCode run(const DoctorOptions& options, frame::Context& context);

}  // namespace deskloom::cmd
