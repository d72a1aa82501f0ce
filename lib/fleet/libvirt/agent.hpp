#pragma once

#include <memory>
#include <string>

#include "fleet/libvirt/connection.hpp"

namespace deskloom::fleet {

// The QEMU guest agent of one running instance.
class Agent {
 public:
  // Throws Error(not_found) when the instance does not run.
  Agent(const Connection& connection, std::string instance);

  // True when the agent answers within a few seconds.
  bool answers();
  ExecResult exec(const std::vector<std::string>& argv, std::chrono::milliseconds timeout);
  void exec_detached(const std::vector<std::string>& argv);
  void write_file(const std::string& path, const std::string& content);

 private:
  // The reply, or Error(guest) saying what was tried.
  std::string call(const std::string& command, const std::string& what);
  std::int64_t open_for_writing(const std::string& path);
  void write_all(std::int64_t handle, const std::string& path, std::string_view content);

  const Connection& connection_;
  std::string instance_;
  DomainHandle domain_;
};

}  // namespace deskloom::fleet
