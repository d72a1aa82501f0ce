#include "snapshot/directory_store.hpp"
#include "snapshot/tree_reader.hpp"

namespace deskloom::snapshot {
namespace {

// Both trees at once, by name; directories with the same content are the same all the way down.
class TreeDiff {
 public:
  TreeDiff(ChunkStore& chunks, std::vector<Change>& changes) : reader_(chunks), changes_(changes) {}

  void compare(const Entry& older, const Entry& newer, const std::string& path);

 private:
  void compare_children(const Entry& older, const Entry& newer, const std::string& path);
  void report_whole(ChangeKind kind, const Entry& entry, const std::string& path);

  TreeReader reader_;
  std::vector<Change>& changes_;
};

// A directory's mtime only says that its entries changed, which is told by them.
bool same_metadata(const Node& a, const Node& b) {
  return a.mode == b.mode && a.uid == b.uid && a.gid == b.gid && a.xattrs == b.xattrs &&
         (a.type == NodeType::directory || a.mtime_ns == b.mtime_ns);
}

bool same_content(const Entry& a, const Entry& b) {
  return a.node.target == b.node.target && a.node.device == b.node.device &&
         (a.node.type == NodeType::directory || a.content == b.content);
}

void TreeDiff::compare(const Entry& older, const Entry& newer, const std::string& path) {
  if (older.node.type != newer.node.type) {
    report_whole(ChangeKind::removed, older, path);
    report_whole(ChangeKind::added, newer, path);
    return;
  }
  if (!same_content(older, newer)) {
    changes_.push_back({ChangeKind::changed, path, newer.node.type, older.node.size, newer.node.size});
  } else if (!same_metadata(older.node, newer.node)) {
    changes_.push_back({ChangeKind::metadata, path, newer.node.type, older.node.size, newer.node.size});
  }
  if (newer.node.type == NodeType::directory && older.content != newer.content) {
    compare_children(older, newer, path);
  }
}

void TreeDiff::compare_children(const Entry& older, const Entry& newer, const std::string& path) {
  const std::vector<Entry> before = reader_.children(older, path);
  const std::vector<Entry> after = reader_.children(newer, path);
  auto b = before.begin();
  auto a = after.begin();
  while (b != before.end() || a != after.end()) {
    if (a == after.end() || (b != before.end() && b->node.path < a->node.path)) {
      report_whole(ChangeKind::removed, *b, join_path(path, b->node.path));
      ++b;
    } else if (b == before.end() || a->node.path < b->node.path) {
      report_whole(ChangeKind::added, *a, join_path(path, a->node.path));
      ++a;
    } else {
      compare(*b, *a, join_path(path, a->node.path));
      ++a;
      ++b;
    }
  }
}

void TreeDiff::report_whole(ChangeKind kind, const Entry& entry, const std::string& path) {
  const std::uint64_t size = entry.node.size;
  const bool added = kind == ChangeKind::added;
  changes_.push_back({kind, path, entry.node.type, added ? 0 : size, added ? size : 0});
  if (entry.node.type != NodeType::directory) return;
  for (const Entry& child : reader_.children(entry, path)) {
    report_whole(kind, child, join_path(path, child.node.path));
  }
}

}  // namespace

std::vector<Change> DirectoryStore::diff(const Layer& older, const Layer& newer) const {
  expect_kind(older, "tree");
  expect_kind(newer, "tree");
  std::vector<Change> changes;
  if (older.root == newer.root) return changes;
  const TreeReader reader(chunks_);
  TreeDiff(chunks_, changes).compare(reader.root(older), reader.root(newer), "");
  return changes;
}

}  // namespace deskloom::snapshot
