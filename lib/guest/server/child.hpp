#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

#include "guest/server/account.hpp"

namespace deskloom::guest {

// A command to run. environment is all that it gets.
struct Child {
  std::vector<std::string> argv;
  std::string program;  // the file to execute; empty: argv[0]
  std::vector<std::string> environment;
  const Identity* user = nullptr;  // null: as this process
  std::string cwd = "/";
  std::string input;
  std::chrono::milliseconds timeout{5000};
  std::size_t output_limit_bytes = 8 << 20;  // more is read and thrown away
};

struct ChildResult {
  int exit_code = 0;   // 128 + signal when killed
  std::string output;  // stdout and stderr
};

// Runs it in a process group of its own. Throws Error(failed) when it cannot start or has not ended within
// the timeout; then its group is killed.
ChildResult run_child(const Child& child);

// Starts the program (a path) in a session of its own with these standard streams and nothing else open; does
// not wait. Throws Error(failed) with the reason when it could not be executed.
pid_t start_child(const Child& child, int in, int out, int err);

// 128 + signal when killed.
int exit_code_of(int wait_status);

// The program's path by Config::path; as it is when it holds a '/'; empty when there is none.
std::string find_program(const Config& config, const std::string& name);

// HOME, USER, PATH and so on as a login would set them, with the user's session bus where there is one.
std::vector<std::string> login_environment(const Config& config, const Identity& identity);

}  // namespace deskloom::guest
