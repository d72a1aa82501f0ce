#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <condition_variable>
#include <cstring>
#include <deque>
#include <mutex>

#include "base/handle.hpp"
#include "base/parallel.hpp"
#include "base/path.hpp"
#include "base/text.hpp"
#include "snapshot/beneath.hpp"
#include "snapshot/local_node.hpp"
#include "snapshot/store.hpp"
#include "snapshot/tree_object.hpp"
#include "snapshot/xattr.hpp"

namespace deskloom::snapshot {
namespace {

constexpr std::size_t read_buffer_bytes = 256 << 10;
constexpr int read_attempts = 2;

using DirectoryStream = base::Handle<DIR, ::closedir>;

// What one directory holds, right below it; names ascending.
struct Listing {
  std::vector<Node> nodes;
  std::vector<std::size_t> below;  // per node: the number of its own listing, 0 for none
  std::vector<Skipped> skipped;
};

class LocalSource : public TreeSource {
 public:
  LocalSource(const std::filesystem::path& root, const std::vector<std::string>& exclude)
      : beneath_(root), filter_(exclude) {}

  std::vector<Node> list(std::vector<Skipped>& skipped) override;
  void complete(std::vector<Node>& nodes) override;
  void read(const std::vector<Node>& nodes, const std::vector<std::size_t>& wanted,
            const Receiver& receiver) override;
  unsigned readers() const override { return base::usable_cpus(); }

 private:
  Listing list_directory(const std::string& directory) const;
  void list_one(int parent, const std::string& name, std::string path, Listing& listing) const;
  void collect(std::size_t listing, std::vector<Node>& nodes, std::vector<Skipped>& skipped);
  // path is that of the file with this number.
  void read_file(const std::string& path, std::size_t index, const Receiver& receiver, Bytes& buffer);
  bool send_once(int fd, const std::string& path, std::size_t index, const Receiver& receiver, Bytes& buffer,
                 Node& after);

  Beneath beneath_;
  PathFilter filter_;
  dev_t device_ = 0;
  std::deque<Listing> listings_;  // of the last list(), emptied as they are collected
};

std::string reason_of(const std::string& what) { return what + ": " + std::strerror(errno); }

std::string join_path(const std::string& directory, const std::string& name) {
  return directory.empty() ? name : directory + "/" + name;
}

// Larger ones than an entry may hold are left out rather than the file.
Xattrs acceptable(Xattrs xattrs, const Node& node) {
  if (xattrs.empty()) return xattrs;
  Node with = node;
  with.xattrs = std::move(xattrs);
  return node_problem(with).empty() ? std::move(with.xattrs) : Xattrs{};
}

void send_range(int fd, std::uint64_t from, std::uint64_t to, const TreeSource::Receiver& receiver,
                Bytes& buffer) {
  while (from < to) {
    const std::size_t want = std::min<std::uint64_t>(to - from, buffer.size());
    const ssize_t n = ::pread(fd, buffer.data(), want, static_cast<off_t>(from));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) throw LocalReadError{reason_of("cannot be read")};
    if (n == 0) return;  // it became shorter, which its size will tell
    receiver.on_data(ByteView(buffer).first(static_cast<std::size_t>(n)));
    from += static_cast<std::uint64_t>(n);
  }
}

void send_sparse(int fd, std::uint64_t size, const TreeSource::Receiver& receiver, Bytes& buffer) {
  std::uint64_t at = 0;
  while (at < size) {
    const off_t found = ::lseek(fd, static_cast<off_t>(at), SEEK_DATA);
    const std::uint64_t data = found < 0 ? size : std::min(size, static_cast<std::uint64_t>(found));
    if (data > at) receiver.on_hole(data - at);
    if (data == size) return;
    const off_t hole = ::lseek(fd, static_cast<off_t>(data), SEEK_HOLE);
    const std::uint64_t end = hole < 0 ? size : std::min(size, static_cast<std::uint64_t>(hole));
    send_range(fd, data, end, receiver, buffer);
    at = end;
  }
}

std::vector<std::string> entry_names(DIR* directory) {
  std::vector<std::string> names;
  while (const dirent* entry = ::readdir(directory)) {
    const std::string_view name = entry->d_name;
    if (name != "." && name != "..") names.emplace_back(name);
  }
  std::ranges::sort(names);
  return names;
}

// Directories that wait to be listed, for several threads.
class Walk {
 public:
  struct Job {
    std::string path;
    std::size_t listing = 0;  // where its result goes
  };

  Walk(std::deque<Listing>& listings, std::function<Listing(const std::string&)> list)
      : listings_(listings), list_(std::move(list)) {}

  void run(Job root) {
    jobs_.push_back(std::move(root));
    base::run_parallel(base::usable_cpus(), [this](unsigned) { work(); });
  }

 private:
  void work() {
    std::unique_lock lock(mutex_);
    for (;;) {
      changed_.wait(lock, [this] { return !jobs_.empty() || busy_ == 0 || failed_; });
      if (jobs_.empty() || failed_) return;
      const Job job = std::move(jobs_.back());
      jobs_.pop_back();
      ++busy_;
      lock.unlock();
      Listing listing;
      try {
        listing = list_(job.path);
      } catch (...) {
        lock.lock();
        failed_ = true;
        changed_.notify_all();
        throw;
      }
      lock.lock();
      store(job, std::move(listing));
      --busy_;
      changed_.notify_all();
    }
  }

  void store(const Job& job, Listing listing) {
    listing.below.assign(listing.nodes.size(), 0);
    for (std::size_t i = 0; i < listing.nodes.size(); ++i) {
      if (listing.nodes[i].type != NodeType::directory) continue;
      listing.below[i] = listings_.size();
      listings_.emplace_back();
      jobs_.push_back({listing.nodes[i].path, listing.below[i]});
    }
    listings_[job.listing] = std::move(listing);
  }

  std::deque<Listing>& listings_;
  std::function<Listing(const std::string&)> list_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Job> jobs_;
  unsigned busy_ = 0;
  bool failed_ = false;
};

std::vector<Node> LocalSource::list(std::vector<Skipped>& skipped) {
  std::vector<Node> nodes;
  listings_.clear();
  const base::UniqueFd root = beneath_.open("", O_PATH | O_DIRECTORY);
  const struct stat status = status_of(root.get(), beneath_.full_name(""));
  device_ = status.st_dev;
  nodes.push_back(node_from_status("", status, device_));
  nodes.back().is_complete = false;
  listings_.emplace_back();
  Walk(listings_, [this](const std::string& path) { return list_directory(path); }).run({"", 0});
  std::size_t total = 1;
  for (const Listing& listing : listings_) total += listing.nodes.size();
  nodes.reserve(total);
  collect(0, nodes, skipped);
  listings_.clear();
  return nodes;
}

void LocalSource::collect(std::size_t number, std::vector<Node>& nodes, std::vector<Skipped>& skipped) {
  Listing listing = std::move(listings_[number]);
  skipped.insert(skipped.end(), listing.skipped.begin(), listing.skipped.end());
  for (std::size_t i = 0; i < listing.nodes.size(); ++i) {
    nodes.push_back(std::move(listing.nodes[i]));
    if (listing.below[i] != 0) collect(listing.below[i], nodes, skipped);
  }
}

Listing LocalSource::list_directory(const std::string& directory) const {
  Listing listing;
  base::UniqueFd fd = beneath_.try_open(directory, O_RDONLY | O_DIRECTORY);
  DirectoryStream stream(fd ? ::fdopendir(fd.get()) : nullptr);
  if (!stream) {
    listing.skipped.push_back({directory, reason_of("cannot list the directory")});
    return listing;
  }
  fd.release();
  for (const std::string& name : entry_names(stream.get())) {
    list_one(::dirfd(stream.get()), name, join_path(directory, name), listing);
  }
  return listing;
}

void LocalSource::list_one(int parent, const std::string& name, std::string path, Listing& listing) const {
  struct stat status {};
  if (::fstatat(parent, name.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0) {
    listing.skipped.push_back({path, reason_of("cannot be looked at")});
    return;
  }
  if (filter_.excluded_itself(path, S_ISDIR(status.st_mode))) return;
  Node node = node_from_status(std::move(path), status, device_);
  node.is_complete = false;
  std::string problem = is_safe_path(node.path) ? std::string{} : "a path that is too long";
  if (node.type == NodeType::socket) problem = "no content: it is a socket";
  if (node.type == NodeType::symlink) node.target = read_link(parent, name);
  if (problem.empty()) problem = node_problem(node);
  if (!problem.empty()) {
    listing.skipped.push_back({node.path, "has " + problem});
    return;
  }
  listing.nodes.push_back(std::move(node));
}

// Looked up for what changed only: each costs as much as all the rest of the listing.
void LocalSource::complete(std::vector<Node>& nodes) {
  for (Node& node : nodes) {
    if (node.is_complete || node.type == NodeType::file) continue;
    const base::UniqueFd parent =
        beneath_.try_open(std::string(base::parent_path(node.path)), O_PATH | O_DIRECTORY);
    const std::string name = node.path.empty() ? "." : node.path.substr(node.path.rfind('/') + 1);
    if (parent) node.xattrs = acceptable(read_xattrs(descriptor_path(parent.get()) + "/" + name), node);
    node.is_complete = true;
  }
}

void LocalSource::read(const std::vector<Node>& nodes, const std::vector<std::size_t>& wanted,
                       const Receiver& receiver) {
  Bytes buffer(read_buffer_bytes);
  for (const std::size_t index : wanted) read_file(nodes[index].path, index, receiver, buffer);
}

void LocalSource::read_file(const std::string& path, std::size_t index, const Receiver& receiver,
                            Bytes& buffer) {
  // Non-blocking, should a fifo have taken the file's place; access times are left alone where that is
  // allowed.
  static constexpr int flags = O_RDONLY | O_NOFOLLOW | O_NONBLOCK;
  base::UniqueFd fd = beneath_.try_open(path, flags | O_NOATIME);
  if (!fd && errno == EPERM) fd = beneath_.try_open(path, flags);
  if (!fd) {
    receiver.on_failed(index, reason_of("cannot be opened"));
    return;
  }
  try {
    Node after;
    for (int attempt = 0; attempt < read_attempts; ++attempt) {
      if (send_once(fd.get(), path, index, receiver, buffer, after)) break;
    }
    after.xattrs = acceptable(read_xattrs(fd.get()), after);
    receiver.on_end(index, after);
  } catch (const LocalReadError& error) {
    receiver.on_failed(index, error.reason);
  }
}

// True when the file stood still meanwhile.
bool LocalSource::send_once(int fd, const std::string& path, std::size_t index, const Receiver& receiver,
                            Bytes& buffer, Node& after) {
  const struct stat before = status_of(fd, path);
  if (!S_ISREG(before.st_mode)) throw LocalReadError{"is no regular file any more"};
  receiver.on_begin(index);
  const auto size = static_cast<std::uint64_t>(before.st_size);
  const bool is_sparse = static_cast<std::uint64_t>(before.st_blocks) * 512 < size;
  if (is_sparse && receiver.on_hole) {
    send_sparse(fd, size, receiver, buffer);
  } else {
    send_range(fd, 0, size, receiver, buffer);
  }
  after = node_from_status(path, status_of(fd, path), device_);
  const Node first = node_from_status(path, before, device_);
  return after.size == first.size && after.mtime_ns == first.mtime_ns && after.ctime_ns == first.ctime_ns;
}

}  // namespace

std::unique_ptr<TreeSource> local_source(const std::filesystem::path& root,
                                         const std::vector<std::string>& exclude) {
  return std::make_unique<LocalSource>(root, exclude);
}

}  // namespace deskloom::snapshot
