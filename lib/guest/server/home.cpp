#include "guest/server/home.hpp"

#include <fcntl.h>
#include <unistd.h>

#include "base/error.hpp"
#include "guest/server/lines.hpp"

namespace deskloom::guest {
namespace {

char type_of(mode_t mode) {
  switch (mode & S_IFMT) {
    case S_IFDIR:
      return 'd';
    case S_IFREG:
      return 'f';
    case S_IFLNK:
      return 'l';
    case S_IFIFO:
      return 'p';
    case S_IFSOCK:
      return 's';
    case S_IFBLK:
      return 'b';
    default:
      return 'c';
  }
}

}  // namespace

Home::Home(const std::string& path) : root_(base::open_file(path, O_PATH | O_DIRECTORY)) {
  struct stat facts {};
  if (::fstat(root_.get(), &facts) != 0) throw base::system_error("cannot look at " + path);
  device_ = facts.st_dev;
}

Home::Place Home::locate(const std::string& path) {
  if (path.empty()) return {root_.get(), "."};
  const auto components = split(path, '/');
  std::size_t known = 0;
  while (known < open_.size() && known + 1 < components.size() && open_[known].name == components[known])
    ++known;
  open_.erase(open_.begin() + static_cast<std::ptrdiff_t>(known), open_.end());
  int directory = known == 0 ? root_.get() : open_.back().fd.get();
  for (; known + 1 < components.size(); ++known) directory = enter(directory, std::string(components[known]));
  return {directory, std::string(components.back())};
}

int Home::enter(int directory, const std::string& name) {
  base::UniqueFd fd(::openat(directory, name.c_str(), O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  struct stat facts {};
  if (!fd || ::fstat(fd.get(), &facts) != 0) throw base::system_error("cannot enter directory " + name);
  if (facts.st_dev != device_)
    throw base::Error(base::ErrorKind::failed, name + " is on another file system");
  open_.push_back({name, std::move(fd)});
  return open_.back().fd.get();
}

std::string path_of_fd(int fd) { return "/proc/self/fd/" + std::to_string(fd); }

std::int64_t to_ns(const timespec& time) {
  return static_cast<std::int64_t>(time.tv_sec) * 1'000'000'000 + time.tv_nsec;
}

std::string path_below(const std::string& directory, const std::string& name) {
  auto path = directory;
  if (!path.empty()) path += '/';
  return path += name;
}

GuestNode node_of(const struct stat& facts) {
  GuestNode node;
  node.type = static_cast<std::uint8_t>(type_of(facts.st_mode));
  node.mode = facts.st_mode & 07777U;
  node.uid = facts.st_uid;
  node.gid = facts.st_gid;
  node.size = node.type == 'f' ? static_cast<std::uint64_t>(facts.st_size) : 0;
  node.mtime_ns = to_ns(facts.st_mtim);
  node.ctime_ns = to_ns(facts.st_ctim);
  node.inode = facts.st_ino;
  if (node.type == 'b' || node.type == 'c') node.device = facts.st_rdev;
  return node;
}

}  // namespace deskloom::guest
