#include "guest/server/attributes.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "guest/server/home.hpp"
#include "guest/server/xattr.hpp"

namespace deskloom::guest {
namespace {

constexpr std::int64_t ns_per_second = 1'000'000'000;

std::array<timespec, 2> times_of(const GuestNode& node) {
  auto seconds = node.mtime_ns / ns_per_second;
  auto rest = node.mtime_ns % ns_per_second;
  if (rest < 0) {  // before 1970
    rest += ns_per_second;
    --seconds;
  }
  timespec unchanged{0, UTIME_OMIT};
  return {unchanged, timespec{static_cast<time_t>(seconds), static_cast<long>(rest)}};
}

}  // namespace

// Only what differs is set: a change of nothing would still move ctime, and the next capture would read the
// file again.
void Attributes::set(int fd, const GuestNode& node) {
  const auto path = path_of_fd(fd);
  note_owner(node);
  set_group(path, node);
  if (node.type != 'p') set_xattrs(path, node);
  struct stat now {};
  if (::stat(path.c_str(), &now) != 0)
    return notes_.add(node.path, std::string("cannot look at it: ") + std::strerror(errno));
  if ((now.st_mode & 07777) != node.mode && ::chmod(path.c_str(), node.mode) != 0) {
    notes_.add(node.path, std::string("mode: ") + std::strerror(errno));
  }
  if (to_ns(now.st_mtim) != node.mtime_ns &&
      ::utimensat(AT_FDCWD, path.c_str(), times_of(node).data(), 0) != 0) {
    notes_.add(node.path, std::string("times: ") + std::strerror(errno));
  }
}

void Attributes::set_xattrs(const std::string& path, const GuestNode& node) {
  std::string reason;
  if (read_xattrs(path, Follow::yes, reason) == node.xattrs) return;
  ::chmod(path.c_str(), (node.mode | 0600) & 07777);  // user.* attributes need the right to write
  reason = write_xattrs(path, node.xattrs);
  if (!reason.empty()) notes_.add(node.path, reason);
}

void Attributes::set_link_time(int directory, const std::string& name, const GuestNode& node) {
  note_owner(node);
  if (::utimensat(directory, name.c_str(), times_of(node).data(), AT_SYMLINK_NOFOLLOW) != 0) {
    notes_.add(node.path, std::string("times: ") + std::strerror(errno));
  }
}

void Attributes::set_group(const std::string& path, const GuestNode& node) {
  const gid_t wanted = node.gid == home_gid_ ? identity_.account.gid : node.gid;
  struct stat facts {};
  if (::stat(path.c_str(), &facts) != 0 || facts.st_gid == wanted) return;
  if (::chown(path.c_str(), static_cast<uid_t>(-1), wanted) != 0) {
    notes_.add(node.path,
               "belongs to group " + std::to_string(facts.st_gid) + " now, not " + std::to_string(wanted));
  }
}

void Attributes::note_owner(const GuestNode& node) {
  if (node.uid == home_uid_) return;
  notes_.add(node.path,
             "belongs to " + identity_.account.name + " now, not to user id " + std::to_string(node.uid));
}

}  // namespace deskloom::guest
