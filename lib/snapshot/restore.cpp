#include <algorithm>
#include <atomic>

#include "base/parallel.hpp"
#include "base/path.hpp"
#include "base/text.hpp"
#include "snapshot/directory_store.hpp"
#include "snapshot/tree_reader.hpp"

namespace deskloom::snapshot {
namespace {

// What one thread takes at a time.
constexpr std::size_t files_at_a_time = 64;

// Which part of a tree is wanted: some paths with all below them, and the directories on the way to them.
class Selection {
 public:
  explicit Selection(const std::vector<std::string>& paths) : paths_(paths), seen_(paths.size()) {
    for (std::string& path : paths_) {
      while (path.ends_with('/')) path.pop_back();
    }
  }

  bool takes(const std::string& path) {
    bool taken = paths_.empty();
    for (std::size_t i = 0; i < paths_.size(); ++i) {
      if (path == paths_[i]) seen_[i] = true;
      taken =
          taken || path == paths_[i] || base::is_below(path, paths_[i]) || base::is_below(paths_[i], path);
    }
    return taken;
  }

  void check_all_seen() const {
    const auto missing = std::ranges::find(seen_, false);
    if (missing == seen_.end()) return;
    const std::string& path = paths_[static_cast<std::size_t>(missing - seen_.begin())];
    throw base::Error(base::ErrorKind::not_found, "'" + base::printable(path) + "' is not in the snapshot");
  }

 private:
  std::vector<std::string> paths_;
  std::vector<bool> seen_;
};

class StoredContent : public ContentSender {
 public:
  StoredContent(const Content& content, ChunkReader& chunks, base::Progress& progress)
      : chunks_(chunks), progress_(progress), extents_(load_extents(content, chunks)) {}
  std::vector<DataRange> data_ranges() override { return snapshot::data_ranges(extents_); }
  void send(const std::function<void(std::span<const std::byte>)>& on_data,
            const std::function<void(std::uint64_t size)>& on_hole) override {
    for (const Extent& extent : extents_) {
      if (extent.is_hole) {
        on_hole(extent.length);
      } else {
        on_data(read_chunk(extent, chunks_));
      }
      progress_.advance(extent.length);
    }
  }

 private:
  ChunkReader& chunks_;
  base::Progress& progress_;
  std::vector<Extent> extents_;
};

// One restore on its way.
class Restore {
 public:
  Restore(ChunkStore& chunks, TreeSink& sink, base::Progress& progress)
      : chunks_(chunks), sink_(sink), progress_(progress) {}

  void select(const Layer& layer, const std::vector<std::string>& paths);
  void run();

 private:
  void write_files();

  ChunkStore& chunks_;
  TreeSink& sink_;
  base::Progress& progress_;
  std::vector<Node> nodes_;
  std::vector<Content> contents_;
  std::vector<std::size_t> files_;  // whose content is wanted
};

void Restore::select(const Layer& layer, const std::vector<std::string>& paths) {
  Selection selection(paths);
  ChunkReader reader(chunks_);
  TreeReader(reader).walk(layer, [&](Entry& entry) {
    if (!selection.takes(entry.node.path)) return;
    nodes_.push_back(std::move(entry.node));
    contents_.push_back(std::move(entry.content));
  });
  selection.check_all_seen();
}

void Restore::run() {
  const std::vector<bool> wanted = sink_.begin(nodes_);
  std::vector<std::size_t> others;
  for (std::size_t i = 0; i < nodes_.size(); ++i) {
    if (nodes_[i].type == NodeType::directory) {
      sink_.node(i);
    } else if (nodes_[i].type == NodeType::file && wanted[i]) {
      files_.push_back(i);
    } else {
      others.push_back(i);
    }
  }
  write_files();
  for (const std::size_t i : others) sink_.node(i);
  sink_.finish();
  progress_.end();
}

// In the order of the tree, which is nearly that of the packs, since files are captured in it.
void Restore::write_files() {
  std::uint64_t total = 0;
  for (const std::size_t i : files_) total += nodes_[i].size;
  progress_.begin("restoring", total);
  base::LockedProgress progress(progress_);
  std::atomic<std::size_t> next = 0;
  base::run_parallel(sink_.writers(), [&](unsigned writer) {
    ChunkReader reader(chunks_);
    for (;;) {
      const std::size_t first = next.fetch_add(files_at_a_time);
      if (first >= files_.size()) return;
      const std::size_t last = std::min(first + files_at_a_time, files_.size());
      for (std::size_t i = first; i < last; ++i) {
        StoredContent content(contents_[files_[i]], reader, progress);
        sink_.file(files_[i], content, writer);
      }
    }
  });
}

}  // namespace

void DirectoryStore::restore(const Layer& layer, TreeSink& sink, const std::vector<std::string>& paths,
                             base::Progress& progress) const {
  expect_kind(layer, "tree");
  Restore restore(chunks_, sink, progress);
  restore.select(layer, paths);
  restore.run();
}

}  // namespace deskloom::snapshot
