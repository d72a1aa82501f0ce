#pragma once

#include <string>
#include <vector>

#include "frame/command.hpp"

namespace deskloom::cmd {

struct AppCheckOptions {
  std::vector<std::string> files;  // empty: all of app_persona_dir
};
void setup(CLI::App& app, AppCheckOptions& options);
frame::ExitCode run(const AppCheckOptions& options, frame::Context& context);

struct AppListOptions {};
void setup(CLI::App& app, AppListOptions& options);
frame::ExitCode run(const AppListOptions& options, frame::Context& context);

struct AppShowOptions {
  std::string id;
};
void setup(CLI::App& app, AppShowOptions& options);
frame::ExitCode run(const AppShowOptions& options, frame::Context& context);

}  // namespace deskloom::cmd
