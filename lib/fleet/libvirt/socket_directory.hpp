#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "base/file_lock.hpp"

namespace deskloom::fleet {

// A directory for one NBD socket, with a name like no other, locked while this is alive: so what a killed
// process left behind can be told from what is in use.
class SocketDirectory {
 public:
  // for_everybody: QEMU, which makes the socket, may be another user. Also removes directories of ours that
  // killed processes left.
  explicit SocketDirectory(bool for_everybody);
  ~SocketDirectory();
  SocketDirectory(const SocketDirectory&) = delete;
  SocketDirectory& operator=(const SocketDirectory&) = delete;

  std::string name() const { return path_.filename(); }  // "dl-nbd-XXXXXX"
  std::filesystem::path socket() const { return path_ / "nbd"; }

  // Whether socket is, or was, in a directory of this user's.
  static bool made(const std::filesystem::path& socket);
  // Removes the directory of such a socket. Throws Error(locked), naming the process, when one still has it.
  static void remove_stale(const std::filesystem::path& socket);

 private:
  std::filesystem::path path_;
  std::unique_ptr<base::FileLock> lock_;
};

inline constexpr const char* socket_directory_start = "dl-nbd-";

}  // namespace deskloom::fleet
