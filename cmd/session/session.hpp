#pragma once

#include "domain/instance.hpp"
#include "frame/command.hpp"
#include "frame/document.hpp"

namespace deskloom::cmd {

struct SessionListOptions {};
void setup(CLI::App& app, SessionListOptions& options);
frame::ExitCode run(const SessionListOptions& options, frame::Context& context);

struct SessionWaitsOptions {
  std::optional<std::string> pool;
  int limit = 50;
};
void setup(CLI::App& app, SessionWaitsOptions& options);
frame::ExitCode run(const SessionWaitsOptions& options, frame::Context& context);

struct SessionAssignOptions {
  std::string user;
  std::optional<std::string> pool;
  std::optional<std::string> snapshot;
  bool viewer = false;
};
void setup(CLI::App& app, SessionAssignOptions& options);
frame::ExitCode run(const SessionAssignOptions& options, frame::Context& context);

struct SessionConnectOptions {
  std::string user;
  bool record_only = false;
};
void setup(CLI::App& app, SessionConnectOptions& options);
frame::ExitCode run(const SessionConnectOptions& options, frame::Context& context);

struct SessionDisconnectOptions {
  std::string user;
  bool record_only = false;
};
void setup(CLI::App& app, SessionDisconnectOptions& options);
frame::ExitCode run(const SessionDisconnectOptions& options, frame::Context& context);

// What connect and disconnect print of the instance.
frame::Document describe_session(const domain::Instance& instance, bool dry_run);

}  // namespace deskloom::cmd
