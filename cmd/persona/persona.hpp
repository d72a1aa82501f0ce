#pragma once

#include <optional>
#include <string>

#include "frame/command.hpp"

namespace deskloom::cmd {

struct PersonaCaptureOptions {
  std::optional<std::string> user;
  bool connected = false;
  bool volume = false;
  bool memory = false;
};
void setup(CLI::App& app, PersonaCaptureOptions& options);
frame::ExitCode run(const PersonaCaptureOptions& options, frame::Context& context);

struct PersonaShowOptions {
  std::string user;
  std::string snapshot = "latest";
};
void setup(CLI::App& app, PersonaShowOptions& options);
frame::ExitCode run(const PersonaShowOptions& options, frame::Context& context);

struct PersonaModeOptions {
  std::string user;
  std::optional<std::string> mode, until;
  bool clear = false;
};
void setup(CLI::App& app, PersonaModeOptions& options);
frame::ExitCode run(const PersonaModeOptions& options, frame::Context& context);

struct PersonaLocaliseOptions {
  std::optional<std::string> name;
  bool wait = false;
};
void setup(CLI::App& app, PersonaLocaliseOptions& options);
frame::ExitCode run(const PersonaLocaliseOptions& options, frame::Context& context);

struct PersonaApplyOptions {
  std::string user;
  std::string instance;
  std::string snapshot = "latest";
  bool instant = false;
};
void setup(CLI::App& app, PersonaApplyOptions& options);
frame::ExitCode run(const PersonaApplyOptions& options, frame::Context& context);

}  // namespace deskloom::cmd
