#pragma once

#include <optional>
#include <string>
#include <vector>

#include "frame/command.hpp"

namespace deskloom::cmd {

struct UserSetOptions {
  std::string user;
  std::optional<std::string> role, department;
  std::vector<std::string> consents, withdraws;  // "calendar", "location"
};
void setup(CLI::App& app, UserSetOptions& options);
frame::ExitCode run(const UserSetOptions& options, frame::Context& context);

// Throws Error(usage) for what cannot be a user's name.
void require_user_name(const std::string& name);

struct UserListOptions {};
void setup(CLI::App& app, UserListOptions& options);
frame::ExitCode run(const UserListOptions& options, frame::Context& context);

}  // namespace deskloom::cmd
