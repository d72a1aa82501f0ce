#pragma once

#include <optional>
#include <string>

#include "frame/command.hpp"

namespace deskloom::cmd::instance {

struct ListOptions {
  std::optional<std::string> pool;
  std::optional<std::string> host;
  std::optional<std::string> user;
  std::optional<std::string> state;
  bool all = false;
};
void setup(CLI::App& app, ListOptions& options);
frame::ExitCode run(const ListOptions& options, frame::Context& context);

}  // namespace deskloom::cmd::instance
