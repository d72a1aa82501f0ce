#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace deskloom::base {

// Names one process beyond pid reuse and reboots.
struct ProcessIdentity {
  pid_t pid = 0;
  std::uint64_t start_ticks = 0;  // /proc/PID/stat field 22
  std::string boot_id;            // /proc/sys/kernel/random/boot_id

  bool operator==(const ProcessIdentity&) const = default;
};

ProcessIdentity this_process();
// False when the pid is gone, was reused, or the machine has rebooted since.
bool is_alive(const ProcessIdentity& process);

struct ProcessResult {
  int exit_code = 0;  // 128 + signal when killed
  std::string out;    // both cut at output_limit_bytes
  std::string err;    // empty when it was shown
};

struct ProcessOptions {
  std::chrono::milliseconds timeout{60'000};
  std::size_t output_limit_bytes = 16 << 20;
  std::string input;
  std::vector<std::string> environment;  // "NAME=value" added to ours
  bool shows_errors = false;             // its standard error is ours
};

// Runs argv[0] through PATH without a shell. Throws when it cannot start or runs past the timeout (killed).
ProcessResult run_process(const std::vector<std::string>& argv, const ProcessOptions& options = {});

}  // namespace deskloom::base
