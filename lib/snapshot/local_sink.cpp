#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <map>
#include <optional>

#include "base/error.hpp"
#include "base/random.hpp"
#include "snapshot/beneath.hpp"
#include "snapshot/local_node.hpp"
#include "snapshot/store.hpp"
#include "snapshot/tree_check.hpp"

namespace deskloom::snapshot {
namespace {

class LocalSink : public TreeSink {
 public:
  explicit LocalSink(const std::filesystem::path& root) : beneath_(root) {}
  ~LocalSink() override { drop_temporary(); }
  LocalSink(const LocalSink&) = delete;
  LocalSink& operator=(const LocalSink&) = delete;

  std::vector<bool> begin(const std::vector<Node>& nodes) override;
  void node(const Node& node) override;
  void data(std::span<const std::byte> bytes) override;
  void hole(std::uint64_t size) override { offset_ += size; }
  void end_file() override;
  void finish() override;

 private:
  struct Group {
    std::string first;  // the path of its first node
    std::vector<std::string> paths;
  };

  int parent_fd(const std::string& path);  // -1 and errno
  std::optional<struct stat> status(const std::string& path);
  bool is_group_whole(const Group& group);
  bool is_equal_file(const Node& node);

  void make_directory(const Node& node);
  void make_hard_link(const Node& node, const std::string& first);
  void make_special(const Node& node);
  void start_file();
  void rename_into_place(const std::string& path);
  void apply(int fd, const Node& node);
  void apply_at(const Node& node);
  void drop_temporary();
  [[noreturn]] void fail(const std::string& what, const std::string& path) const;

  Beneath beneath_;
  std::string parent_path_;
  base::UniqueFd parent_;  // of the last path looked at
  std::map<std::uint64_t, Group> groups_;
  std::vector<bool> wanted_;
  std::size_t next_ = 0;
  Node current_;
  base::UniqueFd file_;  // open while content is written
  std::string temporary_;
  std::uint64_t offset_ = 0;
  std::vector<Node> directories_;
  std::vector<std::string> refused_;
};

std::string parent_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string::npos ? std::string{} : path.substr(0, slash);
}

void LocalSink::fail(const std::string& what, const std::string& path) const {
  throw base::system_error(what + " " + beneath_.full_name(path));
}

int LocalSink::parent_fd(const std::string& path) {
  std::string parent = parent_of(path);
  if (!parent_ || parent != parent_path_) {
    parent_ = beneath_.try_open(parent, O_PATH | O_DIRECTORY);
    parent_path_ = std::move(parent);
  }
  return parent_.get();
}

std::optional<struct stat> LocalSink::status(const std::string& path) {
  struct stat found {};
  const int parent = parent_fd(path);
  if (parent < 0 || ::fstatat(parent, base_name(path).c_str(), &found, AT_SYMLINK_NOFOLLOW) != 0) return {};
  return found;
}

std::vector<bool> LocalSink::begin(const std::vector<Node>& nodes) {
  for (const Node& node : nodes) {
    if (node.type != NodeType::file || node.link_group == 0) continue;
    Group& group = groups_[node.link_group];
    if (group.paths.empty()) group.first = node.path;
    group.paths.push_back(node.path);
  }
  for (const Node& node : nodes) {
    const bool follows = node.link_group != 0 && groups_[node.link_group].first != node.path;
    wanted_.push_back(node.type == NodeType::file && !follows && !is_equal_file(node));
  }
  return wanted_;
}

// All its names are here and there is no other: one elsewhere could be a file that is not ours to change.
bool LocalSink::is_group_whole(const Group& group) {
  const auto first = status(group.first);
  if (!first || first->st_nlink != group.paths.size()) return false;
  for (const std::string& path : group.paths) {
    const auto found = status(path);
    if (!found || found->st_ino != first->st_ino || found->st_dev != first->st_dev) return false;
  }
  return true;
}

bool LocalSink::is_equal_file(const Node& node) {
  const auto found = status(node.path);
  if (!found || !S_ISREG(found->st_mode)) return false;
  const Node present = node_from_status(node.path, *found, found->st_dev);
  if (present.size != node.size || present.mtime_ns != node.mtime_ns) return false;
  return node.link_group == 0 ? found->st_nlink == 1 : is_group_whole(groups_[node.link_group]);
}

void LocalSink::node(const Node& node) {
  current_ = node;
  const bool wanted = wanted_.at(next_++);
  if (node.type == NodeType::directory) return make_directory(node);
  if (node.type != NodeType::file) return make_special(node);
  if (wanted) return start_file();
  const auto group = groups_.find(node.link_group);
  if (group != groups_.end() && group->second.first != node.path) {
    make_hard_link(node, group->second.first);
  } else {
    apply_at(node);
  }
}

// Modes and times come last: writing below it would change or forbid them.
void LocalSink::make_directory(const Node& node) {
  directories_.push_back(node);
  if (node.path.empty()) return;
  const auto found = status(node.path);
  const int parent = parent_fd(node.path);
  const std::string name = base_name(node.path);
  if (parent < 0) fail("cannot open the directory above", node.path);
  if (found && !S_ISDIR(found->st_mode) && ::unlinkat(parent, name.c_str(), 0) != 0) {
    fail("cannot replace", node.path);
  }
  if (found && S_ISDIR(found->st_mode)) {
    const base::UniqueFd fd = beneath_.open(node.path, O_PATH | O_DIRECTORY);
    if ((found->st_mode & S_IRWXU) == S_IRWXU) return;
    if (::chmod(descriptor_path(fd.get()).c_str(), (found->st_mode & 07777) | S_IRWXU) != 0 &&
        ::geteuid() != 0) {
      fail("cannot get access to", node.path);
    }
  } else if (::mkdirat(parent, name.c_str(), 0700) != 0) {
    fail("cannot create the directory", node.path);
  }
}

void LocalSink::start_file() {
  const int parent = parent_fd(current_.path);
  if (parent < 0) fail("cannot open the directory above", current_.path);
  temporary_ = ".deskloom-restore-" + base::SystemRandom().hex(16);
  file_ = base::UniqueFd(::openat(parent, temporary_.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (!file_) fail("cannot create a file beside", current_.path);
  offset_ = 0;
}

void LocalSink::data(std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    const ssize_t n = ::pwrite(file_.get(), bytes.data(), bytes.size(), static_cast<off_t>(offset_));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) fail("cannot write", current_.path);
    bytes = bytes.subspan(static_cast<std::size_t>(n));
    offset_ += static_cast<std::uint64_t>(n);
  }
}

void LocalSink::end_file() {
  if (!file_) return;
  if (::ftruncate(file_.get(), static_cast<off_t>(offset_)) != 0) fail("cannot write", current_.path);
  apply(file_.get(), current_);
  file_.reset();
  rename_into_place(current_.path);
}

void LocalSink::rename_into_place(const std::string& path) {
  const int parent = parent_fd(path);
  const std::string name = base_name(path);
  if (::renameat(parent, temporary_.c_str(), parent, name.c_str()) != 0) {
    // An empty directory in the way gives way; one with content is somebody's data.
    if (errno != EISDIR || ::unlinkat(parent, name.c_str(), AT_REMOVEDIR) != 0 ||
        ::renameat(parent, temporary_.c_str(), parent, name.c_str()) != 0) {
      fail("cannot replace", path);
    }
  }
  temporary_.clear();
}

void LocalSink::make_hard_link(const Node& node, const std::string& first) {
  const auto present = status(node.path);
  const auto wanted = status(first);
  if (present && wanted && present->st_ino == wanted->st_ino && present->st_dev == wanted->st_dev) return;
  const base::UniqueFd from = beneath_.open(parent_of(first), O_PATH | O_DIRECTORY);
  const int parent = parent_fd(node.path);
  temporary_ = ".deskloom-restore-" + base::SystemRandom().hex(16);
  if (parent < 0 || ::linkat(from.get(), base_name(first).c_str(), parent, temporary_.c_str(), 0) != 0) {
    fail("cannot make the hard link", node.path);
  }
  rename_into_place(node.path);
}

// Links, fifos and devices are made anew beside and renamed, unless what is there is equal.
void LocalSink::make_special(const Node& node) {
  const auto found = status(node.path);
  const int parent = parent_fd(node.path);
  if (parent < 0) fail("cannot open the directory above", node.path);
  const std::string name = base_name(node.path);
  if (found) {
    const Node present = node_from_status(node.path, *found, found->st_dev);
    const bool same = present.type == node.type && present.device == node.device;
    if (same && (node.type != NodeType::symlink || read_link(parent, name) == node.target))
      return apply_at(node);
  }
  temporary_ = ".deskloom-restore-" + base::SystemRandom().hex(16);
  const mode_t type = node.type == NodeType::fifo          ? S_IFIFO
                      : node.type == NodeType::socket      ? S_IFSOCK
                      : node.type == NodeType::char_device ? S_IFCHR
                                                           : S_IFBLK;
  const int result =
      node.type == NodeType::symlink
          ? ::symlinkat(node.target.c_str(), parent, temporary_.c_str())
          : ::mknodat(parent, temporary_.c_str(), type | 0600, static_cast<dev_t>(node.device));
  if (result != 0 && errno == EPERM) {
    temporary_.clear();
    refused_.push_back(beneath_.full_name(node.path) + ": devices need privilege");
    return;
  }
  if (result != 0) fail("cannot create", node.path);
  rename_into_place(node.path);
  apply_at(node);
}

void LocalSink::apply(int fd, const Node& node) {
  for (const std::string& refusal : apply_metadata(fd, node)) {
    refused_.push_back(beneath_.full_name(node.path) + ": " + refusal);
  }
}

void LocalSink::apply_at(const Node& node) {
  const int parent = parent_fd(node.path);
  const std::string name = node.path.empty() ? "." : base_name(node.path);
  const base::UniqueFd fd(::openat(parent, name.c_str(), O_PATH | O_NOFOLLOW | O_CLOEXEC));
  if (!fd) fail("cannot open", node.path);
  apply(fd.get(), node);
}

void LocalSink::finish() {
  std::for_each(directories_.rbegin(), directories_.rend(), [this](const Node& node) { apply_at(node); });
  const base::UniqueFd root = beneath_.open("", O_RDONLY | O_DIRECTORY);
  if (::syncfs(root.get()) != 0) fail("cannot write to disk what is in", "");
  if (refused_.empty()) return;
  throw base::Error(base::ErrorKind::partial,
                    fmt::format("all content was restored, but {} attributes were refused, the first: {}",
                                refused_.size(), refused_.front()),
                    "restore as root, or to a file system that has them");
}

void LocalSink::drop_temporary() {
  if (!temporary_.empty() && parent_) ::unlinkat(parent_.get(), temporary_.c_str(), 0);
}

}  // namespace

std::unique_ptr<TreeSink> local_sink(const std::filesystem::path& root) {
  base::make_private_directories(root);
  return std::make_unique<LocalSink>(root);
}

}  // namespace deskloom::snapshot
