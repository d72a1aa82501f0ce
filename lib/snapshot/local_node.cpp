#include "snapshot/local_node.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <cstring>

#include "base/error.hpp"
#include "snapshot/beneath.hpp"
#include "snapshot/xattr.hpp"

namespace deskloom::snapshot {
namespace {

constexpr std::int64_t ns_per_s = 1'000'000'000;

std::int64_t to_ns(const timespec& time) { return time.tv_sec * ns_per_s + time.tv_nsec; }

timespec to_timespec(std::int64_t ns) {
  std::int64_t seconds = ns / ns_per_s;
  if (ns % ns_per_s < 0) --seconds;  // tv_nsec is never negative, also before 1970
  return {seconds, ns - seconds * ns_per_s};
}

NodeType type_of(mode_t mode) {
  switch (mode & S_IFMT) {
    case S_IFDIR:
      return NodeType::directory;
    case S_IFLNK:
      return NodeType::symlink;
    case S_IFIFO:
      return NodeType::fifo;
    case S_IFSOCK:
      return NodeType::socket;
    case S_IFBLK:
      return NodeType::block_device;
    case S_IFCHR:
      return NodeType::char_device;
    default:
      return NodeType::file;
  }
}

std::string refusal(const std::string& what) { return what + ": " + std::strerror(errno); }

}  // namespace

struct stat status_of(int fd, const std::string& name) {
  struct stat status {};
  if (::fstat(fd, &status) != 0) throw base::system_error("cannot look at " + name);
  return status;
}

Node node_from_status(std::string path, const struct stat& status, dev_t root_device) {
  Node node;
  node.path = std::move(path);
  node.type = type_of(status.st_mode);
  node.mode = status.st_mode & 07777;
  node.uid = status.st_uid;
  node.gid = status.st_gid;
  node.mtime_ns = to_ns(status.st_mtim);
  node.ctime_ns = to_ns(status.st_ctim);
  node.inode = status.st_ino;
  if (node.type == NodeType::file) {
    node.size = static_cast<std::uint64_t>(status.st_size);
    const std::uint64_t device = status.st_dev == root_device ? 0 : status.st_dev;
    if (status.st_nlink > 1) node.link_group = status.st_ino ^ (device << 44);
  }
  const bool is_device = node.type == NodeType::block_device || node.type == NodeType::char_device;
  if (is_device) node.device = status.st_rdev;
  return node;
}

std::string read_link(int parent, const std::string& name) {
  std::string target(PATH_MAX, '\0');
  const ssize_t size = ::readlinkat(parent, name.c_str(), target.data(), target.size());
  target.resize(size < 0 || size == PATH_MAX ? 0 : static_cast<std::size_t>(size));
  return target;
}

std::uint32_t effective_mode(const Node& node, const struct stat& status) {
  const bool is_owner_right = ::geteuid() == 0 || (status.st_uid == node.uid && status.st_gid == node.gid);
  return is_owner_right ? node.mode : node.mode & ~std::uint32_t{S_ISUID | S_ISGID};
}

std::vector<std::string> apply_metadata(int fd, const Node& node) {
  const std::string path = descriptor_path(fd);
  std::vector<std::string> refused;
  struct stat status = status_of(fd, path);
  const bool owner_differs = status.st_uid != node.uid || status.st_gid != node.gid;
  if (::geteuid() == 0 && owner_differs && ::fchownat(fd, "", node.uid, node.gid, AT_EMPTY_PATH) != 0) {
    refused.push_back(refusal("owner"));
  }
  if (node.type != NodeType::symlink) {
    // Before the mode: a file that its owner may not write takes no user.* attribute.
    for (std::string& refusal_of_xattr : write_xattrs(path, node.xattrs)) {
      refused.push_back(std::move(refusal_of_xattr));
    }
    status = status_of(fd, path);  // chown may have cleared bits
    const std::uint32_t mode = effective_mode(node, status);
    if ((status.st_mode & 07777) != mode && ::chmod(path.c_str(), mode) != 0)
      refused.push_back(refusal("mode"));
  }
  const timespec times[2] = {{0, UTIME_OMIT}, to_timespec(node.mtime_ns)};
  if (to_ns(status.st_mtim) != node.mtime_ns && ::utimensat(AT_FDCWD, path.c_str(), times, 0) != 0) {
    refused.push_back(refusal("modification time"));
  }
  return refused;
}

}  // namespace deskloom::snapshot
