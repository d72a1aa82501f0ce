#pragma once

#include <sys/stat.h>
#include <sys/types.h>

#include <string>
#include <vector>

#include "base/fd.hpp"
#include "guest/messages.hpp"

namespace deskloom::guest {

// A user's home, addressed by checked relative paths. Every directory on the way is opened with O_NOFOLLOW,
// one component after the other, and must be on the home's own file system; so no path leaves the home
// through a link or a mount. To be used under AsUser.
class Home {
 public:
  explicit Home(const std::string& path);  // throws Error

  // Where a path's last component lies. The descriptor is good until the next call.
  struct Place {
    int directory;
    std::string name;
  };
  // Throws Error. The root itself ("") is "." in itself.
  Place locate(const std::string& path);
  // Must be told when directories may have been replaced.
  void forget_open_directories() { open_.clear(); }
  dev_t device() const { return device_; }
  int root() const { return root_.get(); }

 private:
  struct OpenDirectory {
    std::string name;
    base::UniqueFd fd;
  };
  int enter(int directory, const std::string& name);

  base::UniqueFd root_;
  dev_t device_ = 0;
  std::vector<OpenDirectory> open_;  // the last located path's directories, outermost first
};

// A path that leads to exactly the object that fd (also O_PATH) has open, for calls that have no fd form.
std::string path_of_fd(int fd);

// The path of a directory's entry; the home itself is "".
std::string path_below(const std::string& directory, const std::string& name);

GuestNode node_of(const struct stat& facts);
std::int64_t to_ns(const timespec& time);

}  // namespace deskloom::guest
