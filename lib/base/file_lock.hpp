#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <string>

#include "base/fd.hpp"

namespace deskloom::base {

// An flock(2) on a file that says who holds it. Freed by the kernel when the process ends, however it ends.
class FileLock {
 public:
  // Waits up to timeout, then throws Error(locked) naming the holder. on_wait is called at each look, with
  // the holder's description; what it throws ends the wait.
  FileLock(const std::filesystem::path& path, std::chrono::milliseconds timeout,
           const std::function<void(const std::string& holder)>& on_wait = {});

 private:
  UniqueFd fd_;
};

}  // namespace deskloom::base
