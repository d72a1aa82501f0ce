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
  // The same, with a moment's patience after the connection was opened. Throws Error(guest).
  void reach();
  // Of the guest's file systems: how many were frozen, or thawed. A guest that is frozen already is thawed
  // first; thawing one that is not is nothing.
  std::uint64_t freeze();
  std::uint64_t thaw();
  // nullopt: the guest does not say.
  std::optional<std::vector<Login>> logins();
  ExecResult exec(const std::vector<std::string>& argv, std::chrono::milliseconds timeout);
  void exec_detached(const std::vector<std::string>& argv);
  void write_file(const std::string& path, const std::string& content);
  std::string address();  // as agent_protocol::parse_address

 private:
  // The reply, or nothing and libvirt's error.
  TextHandle ask(const std::string& command, int timeout_s);
  // The reply, or Error(guest) saying what was tried. A guest that a capture left frozen when it was killed
  // is thawed and asked again.
  std::string call(const std::string& command, const std::string& what, int timeout_s);
  std::string call(const std::string& command, const std::string& what);
  bool thaw_when_left_frozen();
  std::int64_t open_for_writing(const std::string& path);
  void write_all(std::int64_t handle, const std::string& path, std::string_view content);

  const Connection& connection_;
  std::string instance_;
  DomainHandle domain_;
};

}  // namespace deskloom::fleet
