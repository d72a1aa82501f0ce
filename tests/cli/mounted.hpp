#pragma once

#include <sys/types.h>

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "support/deskloom.hpp"

namespace deskloom::test {

// False when it is still not so after ten seconds.
bool wait_until(const std::function<bool()>& is_so);
bool is_mounted(const std::filesystem::path& directory);
// The processes that were started with this word among their arguments.
std::vector<pid_t> processes_with(const std::string& word);

// A directory to mount on. Whatever happens, nothing is mounted on it afterwards, and nobody serves it.
class MountPoint {
 public:
  // False, with a warning in the test's output, where there is no /dev/fuse.
  static bool possible();

  explicit MountPoint(const Deployment& deployment);
  ~MountPoint();
  MountPoint(const MountPoint&) = delete;
  MountPoint& operator=(const MountPoint&) = delete;

  const std::filesystem::path& path() const { return path_; }
  // With umount, or fusermount3 for users other than root. Returns its exit code.
  int unmount() const;

 private:
  std::filesystem::path path_;
};

// 'deskloom snapshot mount' in the foreground, mounted.
class Mounted {
 public:
  Mounted(const Deployment& deployment, const std::string& snapshot,
          const std::vector<std::string>& options = {});
  ~Mounted();
  Mounted(const Mounted&) = delete;
  Mounted& operator=(const Mounted&) = delete;

  const std::filesystem::path& path() const { return point_.path(); }
  int unmount() const { return point_.unmount(); }
  // The exit code of the command, or 128 and the signal.
  int wait();
  int end(int signal);
  std::string errors() const;  // what it said so far

 private:
  void start(const std::vector<std::string>& arguments);
  bool has_ended();

  MountPoint point_;
  std::filesystem::path errors_;
  pid_t child_ = -1;  // until it was waited for
  int status_ = 0;
};

}  // namespace deskloom::test
