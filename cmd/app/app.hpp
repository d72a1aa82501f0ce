#pragma once

#include <optional>
#include <string>
#include <vector>

#include "frame/command.hpp"
#include "frame/document.hpp"
#include "operation/app_assign.hpp"

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

struct AppAssignOptions {
  std::string user;
  std::string app;
};
void setup(CLI::App& app, AppAssignOptions& options);
frame::ExitCode run(const AppAssignOptions& options, frame::Context& context);

struct AppReleaseOptions {
  std::string user;
  std::optional<std::string> app;
  bool force = false;
};
void setup(CLI::App& app, AppReleaseOptions& options);
frame::ExitCode run(const AppReleaseOptions& options, frame::Context& context);

struct AppStatusOptions {
  std::optional<std::string> user;
  int days = 28;
};
void setup(CLI::App& app, AppStatusOptions& options);
frame::ExitCode run(const AppStatusOptions& options, frame::Context& context);

struct AppWatchOptions {};
void setup(CLI::App& app, AppWatchOptions& options);
frame::ExitCode run(const AppWatchOptions& options, frame::Context& context);

// Components of applications in use.
frame::Table parts_table();
void add_part(frame::Table& table, const domain::AppSession& session, const domain::AppPart& part);

}  // namespace deskloom::cmd
