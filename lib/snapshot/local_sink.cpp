#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <map>
#include <mutex>
#include <optional>
#include <set>

#include "base/error.hpp"
#include "base/parallel.hpp"
#include "base/path.hpp"
#include "base/random.hpp"
#include "snapshot/beneath.hpp"
#include "snapshot/local_node.hpp"
#include "snapshot/store.hpp"
#include "snapshot/tree_check.hpp"

namespace deskloom::snapshot {
namespace {

// A directory that a thread works in. Its files come one after the other.
struct Place {
  std::string path;
  base::UniqueFd fd;
  bool is_looked_up = false;
};

class LocalSink : public TreeSink {
 public:
  explicit LocalSink(const std::filesystem::path& root) : beneath_(root), places_(base::usable_cpus()) {}

  std::vector<bool> begin(const std::vector<Node>& nodes) override;
  void node(std::size_t index) override;
  void file(std::size_t index, ContentSender& content, unsigned writer) override;
  unsigned writers() const override { return static_cast<unsigned>(places_.size()); }
  void finish() override;

 private:
  struct Group {
    std::string first;  // the path of its first node
    std::vector<std::string> paths;
  };

  int parent_fd(const std::string& path, unsigned writer = 0);  // -1 and errno
  std::optional<struct stat> status(const std::string& path);
  bool is_group_whole(const Group& group);
  bool is_equal_file(const Node& node);

  void make_directory(const Node& node);
  void make_hard_link(const Node& node, const std::string& first);
  void make_special(const Node& node);
  void apply(int fd, const Node& node);
  void apply_at(const Node& node);
  [[noreturn]] void fail(const std::string& what, const std::string& path) const;

  Beneath beneath_;
  std::vector<Place> places_;  // one per writer
  const std::vector<Node>* nodes_ = nullptr;
  std::map<std::uint64_t, Group> groups_;
  std::set<std::string> made_;  // directories that did not exist: nothing of anybody's is in them
  std::vector<const Node*> directories_;
  std::mutex refused_mutex_;
  std::vector<std::string> refused_;
};

// A name, by itself one beside the final one, that is removed again unless it is moved there or kept.
class Temporary {
 public:
  explicit Temporary(int parent) : Temporary(parent, ".deskloom-restore-" + base::SystemRandom().hex(16)) {}
  Temporary(int parent, std::string name) : parent_(parent), name_(std::move(name)) {}
  ~Temporary() {
    if (!name_.empty()) ::unlinkat(parent_, name_.c_str(), 0);
  }
  Temporary(const Temporary&) = delete;
  Temporary& operator=(const Temporary&) = delete;

  const char* name() const { return name_.c_str(); }
  void keep() { name_.clear(); }
  // False and errno.
  bool move_to(const std::string& name) {
    if (::renameat(parent_, name_.c_str(), parent_, name.c_str()) != 0) {
      // An empty directory in the way gives way; one with content is somebody's data.
      if (errno != EISDIR || ::unlinkat(parent_, name.c_str(), AT_REMOVEDIR) != 0 ||
          ::renameat(parent_, name_.c_str(), parent_, name.c_str()) != 0) {
        return false;
      }
    }
    name_.clear();
    return true;
  }

 private:
  int parent_;
  std::string name_;
};

void LocalSink::fail(const std::string& what, const std::string& path) const {
  throw base::system_error(what + " " + beneath_.full_name(path));
}

int LocalSink::parent_fd(const std::string& path, unsigned writer) {
  Place& place = places_[writer];
  std::string parent(base::parent_path(path));
  if (!place.is_looked_up || parent != place.path) {
    place.fd = beneath_.try_open(parent, O_PATH | O_DIRECTORY);
    place.path = std::move(parent);
    place.is_looked_up = place.fd.get() >= 0;
  }
  return place.fd.get();
}

std::optional<struct stat> LocalSink::status(const std::string& path) {
  struct stat found {};
  const int parent = parent_fd(path);
  if (parent < 0 || ::fstatat(parent, base_name(path).c_str(), &found, AT_SYMLINK_NOFOLLOW) != 0) return {};
  return found;
}

std::vector<bool> LocalSink::begin(const std::vector<Node>& nodes) {
  nodes_ = &nodes;
  for (const Node& node : nodes) {
    if (node.type != NodeType::file || node.link_group == 0) continue;
    Group& group = groups_[node.link_group];
    if (group.paths.empty()) group.first = node.path;
    group.paths.push_back(node.path);
  }
  std::vector<bool> wanted;
  std::string missing;  // a directory that is not there: nothing below it needs to be looked for
  for (const Node& node : nodes) {
    const bool follows = node.link_group != 0 && groups_[node.link_group].first != node.path;
    const bool is_below_missing = !missing.empty() && node.path.starts_with(missing);
    if (node.type == NodeType::directory && !is_below_missing && !node.path.empty()) {
      missing = status(node.path) ? std::string{} : node.path + "/";
    }
    wanted.push_back(node.type == NodeType::file && !follows && (is_below_missing || !is_equal_file(node)));
  }
  return wanted;
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

void LocalSink::node(std::size_t index) {
  const Node& node = (*nodes_)[index];
  if (node.type == NodeType::directory) return make_directory(node);
  if (node.type != NodeType::file) return make_special(node);
  const auto group = groups_.find(node.link_group);
  if (group != groups_.end() && group->second.first != node.path) {
    make_hard_link(node, group->second.first);
  } else {
    apply_at(node);
  }
}

// Modes and times come last: writing below it would change or forbid them.
void LocalSink::make_directory(const Node& node) {
  directories_.push_back(&node);
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
  } else {
    made_.insert(node.path);
  }
}

void LocalSink::file(std::size_t index, ContentSender& content, unsigned writer) {
  const Node& node = (*nodes_)[index];
  const int parent = parent_fd(node.path, writer);
  const std::string name = base_name(node.path);
  if (parent < 0) fail("cannot open the directory above", node.path);
  static constexpr int flags = O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
  std::optional<Temporary> temporary;
  base::UniqueFd fd;
  if (made_.contains(places_[writer].path)) fd.reset(::openat(parent, name.c_str(), flags, 0600));
  const bool is_direct = fd.get() >= 0;
  if (is_direct) {
    temporary.emplace(parent, name);
  } else {
    temporary.emplace(parent);
    fd.reset(::openat(parent, temporary->name(), flags, 0600));
  }
  if (!fd) fail("cannot create a file beside", node.path);
  std::uint64_t offset = 0;
  content.send(
      [&](std::span<const std::byte> bytes) {
        base::pwrite_full(fd.get(), bytes, offset, beneath_.full_name(node.path));
        offset += bytes.size();
      },
      [&](std::uint64_t size) { offset += size; });
  const auto end = static_cast<off_t>(offset);
  if (::lseek(fd.get(), 0, SEEK_END) != end && ::ftruncate(fd.get(), end) != 0)
    fail("cannot write", node.path);
  apply(fd.get(), node);
  if (is_direct) return temporary->keep();
  if (!temporary->move_to(name)) fail("cannot replace", node.path);
}

void LocalSink::make_hard_link(const Node& node, const std::string& first) {
  const auto present = status(node.path);
  const auto wanted = status(first);
  if (present && wanted && present->st_ino == wanted->st_ino && present->st_dev == wanted->st_dev) return;
  const base::UniqueFd from = beneath_.open(std::string(base::parent_path(first)), O_PATH | O_DIRECTORY);
  const int parent = parent_fd(node.path);
  if (parent < 0) fail("cannot open the directory above", node.path);
  Temporary temporary(parent);
  if (::linkat(from.get(), base_name(first).c_str(), parent, temporary.name(), 0) != 0 ||
      !temporary.move_to(base_name(node.path))) {
    fail("cannot make the hard link", node.path);
  }
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
  Temporary temporary(parent);
  const mode_t type = node.type == NodeType::fifo          ? S_IFIFO
                      : node.type == NodeType::socket      ? S_IFSOCK
                      : node.type == NodeType::char_device ? S_IFCHR
                                                           : S_IFBLK;
  const int result = node.type == NodeType::symlink
                         ? ::symlinkat(node.target.c_str(), parent, temporary.name())
                         : ::mknodat(parent, temporary.name(), type | 0600, static_cast<dev_t>(node.device));
  if (result != 0 && errno == EPERM) {
    refused_.push_back(beneath_.full_name(node.path) + ": devices need privilege");
    return;
  }
  if (result != 0) fail("cannot create", node.path);
  if (!temporary.move_to(name)) fail("cannot replace", node.path);
  apply_at(node);
}

void LocalSink::apply(int fd, const Node& node) {
  for (const std::string& refusal : apply_metadata(fd, node)) {
    const std::lock_guard guard(refused_mutex_);
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
  std::for_each(directories_.rbegin(), directories_.rend(), [this](const Node* node) { apply_at(*node); });
  const base::UniqueFd root = beneath_.open("", O_RDONLY | O_DIRECTORY);
  if (::syncfs(root.get()) != 0) fail("cannot write to disk what is in", "");
  if (refused_.empty()) return;
  throw base::Error(base::ErrorKind::partial,
                    fmt::format("all content was restored, but {} attributes were refused, the first: {}",
                                refused_.size(), refused_.front()),
                    "restore as root, or to a file system that has them");
}

}  // namespace

std::unique_ptr<TreeSink> local_sink(const std::filesystem::path& root) {
  base::make_private_directories(root);
  return std::make_unique<LocalSink>(root);
}

}  // namespace deskloom::snapshot
