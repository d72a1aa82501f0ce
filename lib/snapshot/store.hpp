#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/json.hpp"
#include "base/path_filter.hpp"
#include "base/progress.hpp"
#include "base/stream.hpp"
#include "snapshot/content_diff.hpp"
#include "snapshot/image.hpp"
#include "snapshot/stats.hpp"
#include "snapshot/store_root.hpp"
#include "snapshot/tree.hpp"
#include "snapshot/tree_view.hpp"

// The snapshot store. It keeps snapshots of files, volumes and memory so that each costs what is new in it,
// and gives them back whole. It knows files and bytes, no machines and no users. In five minutes:
//
//   Store::init("/srv/store");                                   // once
//   const auto store = Store::open("/srv/store");
//   base::NoProgress progress;
//
//   // A capture: layers are put, then committed. What a layer was like before makes the next one quick.
//   const auto previous = store->get(last_id);
//   const auto writer = store->begin(progress);
//   const auto home = local_source("/home/anna", {".cache/"});
//   std::vector<Skipped> skipped;                                // what could not be read, and why
//   writer->put_tree("tree", *home, previous.layer("tree"), skipped);
//   const auto disk = local_image("/srv/anna.raw");
//   writer->put_image("volume", *disk, previous.layer("volume"));
//   const Snapshot taken = writer->commit({{"user", "anna"}, {"host", "a"}}, clock.now());
//
//   // Back again: all of it, or some paths; only what differs is written.
//   const auto target = local_sink("/home/anna");
//   store->restore(*taken.layer("tree"), *target, {}, progress);
//
//   // In the course of time: a removal frees nothing yet, a collection does.
//   store->remove(last_id);
//   store->collect(std::chrono::seconds(10), false, progress);
//   for (const auto& problem : store->verify(true, progress).problems) …
//
// Sources and sinks of other kinds, as those of a guest, derive from TreeSource, TreeSink (tree.hpp),
// ImageSource and ImageSink (image.hpp). transfer/transfer.hpp sends snapshots to other stores; lib/README.md
// shows how it works inside.
namespace deskloom::snapshot {

// The name of stored content: the lower-case hexadecimal SHA-256 of it, or HMAC-SHA-256 where it is
// encrypted.
using ObjectId = std::string;

// A layer of a snapshot: "profile" (a stream), "tree", "volume", "memory" (pages), ….
struct Layer {
  std::string name;
  std::string kind;  // "stream", "tree" or "pages"
  ObjectId root;     // what leads to all of it
  std::uint64_t size_bytes = 0;
  std::uint64_t files = 0;
  std::int64_t captured_at_ns = 0;  // trees: when listing began, on the source's clock
};

// A manifest as committed. id is derived from its content.
struct Snapshot {
  std::string id;  // 32 hexadecimal digits
  base::Timestamp created_at;
  std::vector<Layer> layers;
  base::Json metadata;                                // the caller's: user, instance, host, skipped, …
  const Layer* layer(const std::string& name) const;  // nullptr when absent
};

struct WriteStats {
  std::uint64_t read_bytes = 0;  // content bytes taken from sources
  std::uint64_t new_chunks = 0;
  std::uint64_t added_bytes = 0;    // stored bytes (compressed, with their headers)
  std::uint64_t files_changed = 0;  // files whose content was read
  std::uint64_t files_unchanged = 0;
};

// Which nodes of a tree that hold nothing are captured. The others are passed over like what is excluded.
struct SpecialFiles {
  bool fifos = true;
  bool devices = true;
};

// One capture being written. Nothing is visible until commit(); without it, what was written is reused by the
// next one.
class Writer {
 public:
  virtual ~Writer() = default;
  // previous: the same stream of an earlier snapshot, against which it is compressed.
  virtual Layer put_stream(const std::string& name, base::ByteSource& source,
                           const Layer* previous = nullptr) = 0;
  // previous: the same user's last tree; files equal in size, mtime, ctime and inode are not read again.
  virtual Layer put_tree(const std::string& name, TreeSource& source, const Layer* previous,
                         std::vector<Skipped>& skipped, SpecialFiles special) = 0;
  Layer put_tree(const std::string& name, TreeSource& source, const Layer* previous,
                 std::vector<Skipped>& skipped) {
    return put_tree(name, source, previous, skipped, SpecialFiles{});
  }
  // previous: the same volume or memory as captured before; pages that are as in it are not stored again.
  virtual Layer put_image(const std::string& name, ImageSource& source, const Layer* previous) = 0;
  virtual WriteStats stats() const = 0;
  // Durable when it returns: packs, then index, then the manifest.
  virtual Snapshot commit(base::Json metadata, base::Timestamp created_at) = 0;
};

enum class ChangeKind { added, removed, changed, metadata, renamed };
struct Change {
  ChangeKind kind = ChangeKind::added;
  std::string path;
  NodeType type = NodeType::file;
  std::uint64_t old_size = 0;  // of a renamed directory: of all that is in it
  std::uint64_t new_size = 0;
  std::string old_path{};     // only of what was renamed
  std::uint64_t entries = 0;  // only of renamed directories: how many moved with it
};

struct VerifyProblem {
  std::string object;  // pack file, chunk id (with " in PACK": a copy that is not read from) or snapshot id
  std::string problem;
  // The ids that can no longer be restored whole because of it; where the store is locked, nobody knows but
  // of damaged manifests.
  std::vector<std::string> snapshots;
};

struct VerifyReport {
  std::uint64_t packs = 0;
  std::uint64_t chunks = 0;
  std::uint64_t snapshots = 0;
  std::uint64_t read_bytes = 0;
  std::vector<VerifyProblem> problems;
};

struct CollectReport {
  std::uint64_t packs_removed = 0;
  std::uint64_t packs_rewritten = 0;  // of those removed: what was still needed of them was copied
  std::uint64_t freed_bytes = 0;      // less what was copied
  std::uint64_t stored_bytes = 0;     // of packs, afterwards
  std::uint64_t packs_waiting = 0;    // condemned, but a capture that began before is still running
};

// The snapshots whose ids begin alike.
struct IdFolder {
  std::string name;
  // When one of them was committed or removed last, on the file system's clock, which may stand still for
  // some milliseconds.
  base::Timestamp changed_at;
};

// A content-addressed, deduplicated, zstd-compressed store in one directory (format: deskloom-formats(7)).
// Several processes may read and write it at once; within one, one thread at a time, and no writer or source
// may outlive its store. Throws Error: no_store when it is missing, store_newer when its format is newer,
// corrupt (naming pack and chunk) when a checksum does not match, not_found, no_space.
class Store {
 public:
  // Nothing when it exists. key: given when it is to be encrypted.
  static void init(const std::filesystem::path& directory, const KeySource& key = {});
  // Throws as open_root.
  static std::unique_ptr<Store> open(const std::filesystem::path& directory, const KeySource& key = {});
  static std::unique_ptr<Store> open(const StoreRoot& root);
  virtual ~Store() = default;

  virtual std::unique_ptr<Writer> begin(base::Progress& progress) = 0;

  virtual std::vector<std::string> ids() const = 0;  // ascending; no manifest is read
  // The same in parts, so that who has seen a part need not look at it again.
  virtual std::vector<IdFolder> folders() const = 0;  // ascending
  virtual std::vector<std::string> ids_in(const std::string& folder) const = 0;
  virtual std::vector<std::string> list() const = 0;  // ids, oldest first
  virtual Snapshot get(const std::string& id) const = 0;

  // Of any layer but a tree.
  virtual std::unique_ptr<base::ByteSource> open_stream(const Layer& layer) const = 0;
  virtual std::string read_stream(const Layer& layer, std::uint64_t limit_bytes) const = 0;
  virtual std::vector<Node> list_tree(const Layer& layer) const = 0;
  virtual std::unique_ptr<TreeView> open_tree(const Layer& layer) const = 0;
  // Bytes of an image as they are asked for. Throws Error(usage) for layers of other kinds. Must not outlive
  // the store.
  virtual std::unique_ptr<RandomReader> open_image(const Layer& layer) const = 0;
  // One file of a tree; throws not_found.
  virtual std::unique_ptr<base::ByteSource> open_file(const Layer& layer, const std::string& path) const = 0;

  // paths: only these and what is below them (empty: all).
  virtual void restore(const Layer& layer, TreeSink& sink, const std::vector<std::string>& paths,
                       base::Progress& progress) const = 0;
  // Only what differs is written into a sink that holds something already.
  virtual void restore_image(const Layer& layer, ImageSink& sink, base::Progress& progress) const = 0;
  // By path. What was moved is told as renamed, a directory of which nothing else changed by itself alone.
  virtual std::vector<Change> diff(const Layer& older, const Layer& newer) const = 0;
  // The same of layers of bytes. Found from what they consist of: they are not read. Throws Error(usage) for
  // trees.
  virtual ContentDiff diff_content(const Layer& older, const Layer& newer) const = 0;
  // Where the newer of two images is not as the older one, ascending; empty when they are not of one lineage,
  // and nothing is known. Found from their tables alone.
  virtual std::vector<DataRange> differing_ranges(const Layer& older, const Layer& newer) const = 0;
  // What only this snapshot needs stays until collect().
  virtual void remove(const std::string& id) = 0;
  // The same of many at the cost of one; those that are not there are passed over.
  virtual void remove_all(const std::vector<std::string>& ids) = 0;
  // Frees what no snapshot needs, while captures and restores go on. patience: how long to wait for captures
  // that began before; what they could still need is left for the next collection. dry_run: only counts.
  // Throws Error(locked) when another collection runs.
  virtual CollectReport collect(std::chrono::milliseconds patience, bool dry_run,
                                base::Progress& progress) = 0;
  // group_of: by whom or what savings are told; "": not asked about. Takes eight bytes for each chunk of the
  // store.
  using GroupOf = std::function<std::string(const Snapshot&)>;
  virtual StoreStats stats(const GroupOf& group_of, base::Progress& progress) const = 0;
  // full: every copy of every chunk is read, decompressed and hashed; else packs, index and references are
  // matched. Where the store is locked: full reads every frame and holds it against its check; else whether
  // packs and manifests are there. Contents, and what snapshots need, are not looked at then.
  virtual VerifyReport verify(bool full, base::Progress& progress) const = 0;
};

// A directory of this machine as source; excludes as in .gitignore. Never follows a link out of the root.
std::unique_ptr<TreeSource> local_source(const std::filesystem::path& root,
                                         const std::vector<std::string>& exclude);
// A directory of this machine as sink: content, modes, times, symlinks, hard links, sparse files, xattrs;
// owners when root (else without setuid and setgid bits). Only what differs is written; a file of equal size
// and mtime counts as equal, as in rsync(1). Every path is resolved beneath root without following links
// (openat2). finish() throws Error(partial) when all content is there but some attribute or device was
// refused.
std::unique_ptr<TreeSink> local_sink(const std::filesystem::path& root);

// True when the path obeys the rules of Node; what a source sends is refused otherwise.
bool is_safe_path(const std::string& path);

using base::PathFilter;

}  // namespace deskloom::snapshot
