#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace deskloom::snapshot {

enum class NodeType : std::uint8_t { directory, file, symlink, fifo, socket, block_device, char_device };

// One file-system object as stored. Names and targets are bytes, not text: they may be invalid UTF-8.
struct Node {
  std::string
      path;  // relative to the root, '/'-separated, "" for the root itself; no empty, "." or ".." component
  NodeType type = NodeType::file;
  std::uint32_t mode = 0;  // permission bits with setuid, setgid, sticky
  std::uint32_t uid = 0;
  std::uint32_t gid = 0;
  std::uint64_t size = 0;     // files only
  std::int64_t mtime_ns = 0;  // since 1970, may be negative
  std::int64_t ctime_ns = 0;  // with inode: only to see whether a file changed
  std::uint64_t inode = 0;
  std::uint64_t link_group = 0;  // nodes of one tree with the same non-zero value are hard links of one file
  std::uint64_t device = 0;      // devices only
  std::string target{};          // symlinks only
  std::vector<std::pair<std::string, std::string>> xattrs{};  // sorted by name; ACLs are among them
  bool is_complete = true;  // false in a source's list: the xattrs are still to be looked up

  bool operator==(const Node&) const = default;
};

// Why something is not in the snapshot as it stood.
struct Skipped {
  std::string path;
  std::string reason;
};

// Where a tree is read from: a directory of this machine, or one inside a guest. Untrusted: the store checks
// all it gives.
class TreeSource {
 public:
  virtual ~TreeSource() = default;
  // The root and every node below it, in any order.
  virtual std::vector<Node> list(std::vector<Skipped>& skipped) = 0;
  // Fills in what list() left out because it is dear, for nodes of that list that are not complete and no
  // files: theirs come with on_end.
  virtual void complete(std::vector<Node>& nodes) { static_cast<void>(nodes); }
  // The contents of the wanted files (indices into that list, which nodes is), in that order. For each:
  // on_begin(index), then on_data(bytes) and on_hole(size) until on_end(index, node_after) where node_after
  // has size, mtime and ctime as they are after the read, and the xattrs of a node that was not complete:
  // where the times or the size are not those of the list, the file is stored as read and marked as changed.
  // A second on_begin(index) starts the file anew. on_failed(index, reason) instead of on_end, or of all: it
  // cannot be read, and is left out.
  struct Receiver {
    std::function<void(std::size_t index)> on_begin;
    std::function<void(std::span<const std::byte>)> on_data;
    std::function<void(std::uint64_t size)> on_hole;  // zeros that need not be read
    std::function<void(std::size_t index, const Node& node_after)> on_end;
    std::function<void(std::size_t index, const std::string& reason)> on_failed;
  };
  virtual void read(const std::vector<Node>& nodes, const std::vector<std::size_t>& wanted,
                    const Receiver& receiver) = 0;
  // How many threads may call read() at the same time.
  virtual unsigned readers() const { return 1; }
  // Now, on the clock that sets the tree's ctimes: a file changed since shortly before a capture is read
  // again by the next, even if its times look the same.
  virtual std::int64_t clock_ns() const {
    return std::chrono::duration_cast<std::chrono::nanoseconds>(
               std::chrono::system_clock::now().time_since_epoch())
        .count();
  }
};

// A run of bytes that are not a hole.
struct DataRange {
  std::uint64_t offset = 0;
  std::uint64_t size = 0;
};

// Gives the content of one file, once.
class ContentSender {
 public:
  virtual ~ContentSender() = default;
  virtual std::vector<DataRange> data_ranges() = 0;  // ascending, none beside another
  virtual void send(const std::function<void(std::span<const std::byte>)>& on_data,
                    const std::function<void(std::uint64_t size)>& on_hole) = 0;  // a hole is a run of zeros
};

// Where a tree is written to: begin(); then directories, parents first; then files whose content is wanted;
// then the other nodes; then finish(), which sets the modes and times of directories.
class TreeSink {
 public:
  virtual ~TreeSink() = default;
  // Called once before anything else with every node that will come, so that a sink can leave what is equal.
  // nodes stay until finish(). Returns, per node, whether its content is wanted.
  virtual std::vector<bool> begin(const std::vector<Node>& nodes) = 0;
  // A directory, a file that needs no content (equal, or a further name of an earlier one), or what is no
  // file.
  virtual void node(std::size_t index) = 0;
  // writer: which of the threads calls.
  virtual void file(std::size_t index, ContentSender& content, unsigned writer) = 0;
  // How many threads may call file() at the same time.
  virtual unsigned writers() const { return 1; }
  virtual void finish() = 0;
};

}  // namespace deskloom::snapshot
