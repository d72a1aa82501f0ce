#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "base/handle.hpp"
#include "base/text.hpp"
#include "snapshot/beneath.hpp"
#include "snapshot/local_node.hpp"
#include "snapshot/store.hpp"
#include "snapshot/tree_object.hpp"
#include "snapshot/tree_reader.hpp"
#include "snapshot/xattr.hpp"

namespace deskloom::snapshot {
namespace {

constexpr std::size_t read_buffer_bytes = 256 << 10;
constexpr int read_attempts = 2;

using DirectoryStream = base::Handle<DIR, ::closedir>;

class LocalSource : public TreeSource {
 public:
  LocalSource(const std::filesystem::path& root, const std::vector<std::string>& exclude)
      : beneath_(root), filter_(exclude), buffer_(read_buffer_bytes) {}

  std::vector<Node> list(std::vector<Skipped>& skipped) override;
  void read(const std::vector<std::size_t>& wanted, const Receiver& receiver) override;

 private:
  void list_below(const std::string& directory, std::vector<Skipped>& skipped);
  void list_one(int parent, const std::string& path, std::vector<Skipped>& skipped);
  void read_file(std::size_t index, const Receiver& receiver);
  bool send_once(int fd, std::size_t index, const Receiver& receiver, Node& after);
  void send_range(int fd, std::uint64_t from, std::uint64_t to, const Receiver& receiver);
  void send_sparse(int fd, std::uint64_t size, const Receiver& receiver);

  Beneath beneath_;
  PathFilter filter_;
  Bytes buffer_;
  dev_t device_ = 0;
  std::vector<Node> nodes_;
};

std::string reason_of(const std::string& what) { return what + ": " + std::strerror(errno); }

std::vector<std::string> entry_names(DIR* directory) {
  std::vector<std::string> names;
  while (const dirent* entry = ::readdir(directory)) {
    const std::string_view name = entry->d_name;
    if (name != "." && name != "..") names.emplace_back(name);
  }
  std::ranges::sort(names);
  return names;
}

std::vector<Node> LocalSource::list(std::vector<Skipped>& skipped) {
  nodes_.clear();
  const base::UniqueFd root = beneath_.open("", O_PATH | O_DIRECTORY);
  device_ = status_of(root.get(), beneath_.full_name("")).st_dev;
  list_one(root.get(), "", skipped);
  return nodes_;
}

void LocalSource::list_below(const std::string& directory, std::vector<Skipped>& skipped) {
  base::UniqueFd fd = beneath_.try_open(directory, O_RDONLY | O_DIRECTORY);
  DirectoryStream stream(fd ? ::fdopendir(fd.get()) : nullptr);
  if (!stream) {
    skipped.push_back({directory, reason_of("cannot list the directory")});
    return;
  }
  fd.release();
  const std::vector<std::string> names = entry_names(stream.get());
  // Kept open only while its own entries are looked at: the depth must not use up the descriptors.
  std::vector<std::string> directories;
  for (const std::string& name : names) {
    const std::size_t before = nodes_.size();
    list_one(::dirfd(stream.get()), join_path(directory, name), skipped);
    const bool is_directory = nodes_.size() > before && nodes_.back().type == NodeType::directory;
    if (is_directory) directories.push_back(nodes_.back().path);
  }
  stream.reset();
  for (const std::string& below : directories) list_below(below, skipped);
}

void LocalSource::list_one(int parent, const std::string& path, std::vector<Skipped>& skipped) {
  const std::string name = path.empty() ? "." : path.substr(path.rfind('/') + 1);
  struct stat status {};
  if (::fstatat(parent, name.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0) {
    skipped.push_back({path, reason_of("cannot be looked at")});
    return;
  }
  if (filter_.excluded(path, S_ISDIR(status.st_mode))) return;
  Node node = node_from_status(path, status, device_);
  std::string problem = is_safe_path(path) ? std::string{} : "a path that is too long";
  if (node.type == NodeType::socket) problem = "no content: it is a socket";
  if (node.type == NodeType::symlink) node.target = read_link(parent, name);
  node.xattrs = read_xattrs(descriptor_path(parent) + "/" + name);
  if (problem.empty()) problem = node_problem(node);
  if (!problem.empty()) {
    skipped.push_back({path, "has " + problem});
    return;
  }
  nodes_.push_back(std::move(node));
  if (path.empty()) list_below(path, skipped);
}

void LocalSource::read(const std::vector<std::size_t>& wanted, const Receiver& receiver) {
  for (const std::size_t index : wanted) read_file(index, receiver);
}

void LocalSource::read_file(std::size_t index, const Receiver& receiver) {
  // Non-blocking, should a fifo have taken the file's place; access times are left alone where that is
  // allowed.
  static constexpr int flags = O_RDONLY | O_NOFOLLOW | O_NONBLOCK;
  const std::string& path = nodes_[index].path;
  base::UniqueFd fd = beneath_.try_open(path, flags | O_NOATIME);
  if (!fd && errno == EPERM) fd = beneath_.try_open(path, flags);
  if (!fd) {
    receiver.on_failed(index, reason_of("cannot be opened"));
    return;
  }
  try {
    Node after;
    for (int attempt = 0; attempt < read_attempts; ++attempt) {
      if (send_once(fd.get(), index, receiver, after)) break;
    }
    receiver.on_end(index, after);
  } catch (const LocalReadError& error) {
    receiver.on_failed(index, error.reason);
  }
}

// True when the file stood still meanwhile.
bool LocalSource::send_once(int fd, std::size_t index, const Receiver& receiver, Node& after) {
  const std::string& path = nodes_[index].path;
  const struct stat before = status_of(fd, beneath_.full_name(path));
  if (!S_ISREG(before.st_mode)) throw LocalReadError{"is no regular file any more"};
  receiver.on_begin(index);
  const auto size = static_cast<std::uint64_t>(before.st_size);
  const bool is_sparse = static_cast<std::uint64_t>(before.st_blocks) * 512 < size;
  if (is_sparse && receiver.on_hole) {
    send_sparse(fd, size, receiver);
  } else {
    send_range(fd, 0, size, receiver);
  }
  after = node_from_status(path, status_of(fd, beneath_.full_name(path)), device_);
  const Node first = node_from_status(path, before, device_);
  return after.size == first.size && after.mtime_ns == first.mtime_ns && after.ctime_ns == first.ctime_ns;
}

void LocalSource::send_range(int fd, std::uint64_t from, std::uint64_t to, const Receiver& receiver) {
  while (from < to) {
    const std::size_t want = std::min<std::uint64_t>(to - from, buffer_.size());
    const ssize_t n = ::pread(fd, buffer_.data(), want, static_cast<off_t>(from));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) throw LocalReadError{reason_of("cannot be read")};
    if (n == 0) return;  // it became shorter, which its size will tell
    receiver.on_data(ByteView(buffer_).first(static_cast<std::size_t>(n)));
    from += static_cast<std::uint64_t>(n);
  }
}

void LocalSource::send_sparse(int fd, std::uint64_t size, const Receiver& receiver) {
  std::uint64_t at = 0;
  while (at < size) {
    const off_t found = ::lseek(fd, static_cast<off_t>(at), SEEK_DATA);
    const std::uint64_t data = found < 0 ? size : std::min(size, static_cast<std::uint64_t>(found));
    if (data > at) receiver.on_hole(data - at);
    if (data == size) return;
    const off_t hole = ::lseek(fd, static_cast<off_t>(data), SEEK_HOLE);
    const std::uint64_t end = hole < 0 ? size : std::min(size, static_cast<std::uint64_t>(hole));
    send_range(fd, data, end, receiver);
    at = end;
  }
}

}  // namespace

std::unique_ptr<TreeSource> local_source(const std::filesystem::path& root,
                                         const std::vector<std::string>& exclude) {
  return std::make_unique<LocalSource>(root, exclude);
}

}  // namespace deskloom::snapshot
