#include <algorithm>

#include "base/text.hpp"
#include "snapshot/directory_store.hpp"
#include "snapshot/tree_reader.hpp"

namespace deskloom::snapshot {
namespace {

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
      taken = taken || path == paths_[i] || is_below(path, paths_[i]) || is_below(paths_[i], path);
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
  static bool is_below(const std::string& path, const std::string& directory) {
    return directory.empty() || (path.starts_with(directory) && path[directory.size()] == '/');
  }

  std::vector<std::string> paths_;
  std::vector<bool> seen_;
};

void send_content(const Content& content, ChunkStore& chunks, TreeSink& sink, base::Progress& progress) {
  for (const Extent& extent : load_extents(content, chunks)) {
    if (extent.is_hole) {
      sink.hole(extent.length);
    } else {
      sink.data(read_chunk(extent, chunks));
    }
    progress.advance(extent.length);
  }
}

std::uint64_t wanted_bytes(const std::vector<Node>& nodes, const std::vector<bool>& wanted) {
  std::uint64_t total = 0;
  for (std::size_t i = 0; i < nodes.size(); ++i) total += wanted[i] ? nodes[i].size : 0;
  return total;
}

}  // namespace

void DirectoryStore::restore(const Layer& layer, TreeSink& sink, const std::vector<std::string>& paths,
                             base::Progress& progress) const {
  expect_kind(layer, "tree");
  Selection selection(paths);
  std::vector<Node> nodes;
  std::vector<Content> contents;
  TreeReader(chunks_).walk(layer, [&](const std::string& path, const Entry& entry) {
    if (!selection.takes(path)) return false;
    nodes.push_back(entry.node);
    nodes.back().path = path;
    contents.push_back(entry.content);
    return true;
  });
  selection.check_all_seen();

  const std::vector<bool> wanted = sink.begin(nodes);
  progress.begin("restoring", wanted_bytes(nodes, wanted));
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    sink.node(nodes[i]);
    if (nodes[i].type != NodeType::file) continue;
    if (wanted[i]) send_content(contents[i], chunks_, sink, progress);
    sink.end_file();
  }
  sink.finish();
  progress.end();
}

}  // namespace deskloom::snapshot
