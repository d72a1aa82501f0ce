#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace deskloom::fleet {

// nbdkit(1) as the server of one volume: a process that outlives the command that started it. Its socket,
// DISK.nbd, and its pid, DISK.nbd.pid, lie in the instance's directory.
class VolumeServer {
 public:
  // Throws Error(usage) when the directory's name is too long for a socket in it.
  VolumeServer(const std::filesystem::path& directory, const std::string& disk);

  const std::filesystem::path& socket() const { return socket_; }
  bool is_alive() const;
  // Nothing when it is alive. argv: nbdkit and what it serves. for_everybody: QEMU may be another user.
  // Throws Error(failed) with what it said.
  void start(const std::vector<std::string>& argv, bool for_everybody) const;
  // Nothing when it has ended; returns when it has.
  void end() const;

 private:
  std::filesystem::path socket_;
  std::filesystem::path pid_file_;
};

// Of an instance that ends. Nothing where the directory cannot be seen from here.
void end_volume_servers(const std::filesystem::path& directory);

}  // namespace deskloom::fleet
