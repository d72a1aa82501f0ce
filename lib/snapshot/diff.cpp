#include <algorithm>

#include "snapshot/directory_store.hpp"
#include "snapshot/tree_reader.hpp"

namespace deskloom::snapshot {
namespace {

// The entries of the blocks that only one of two trees has: all that can differ is among them.
std::vector<Entry> entries_not_in(const std::vector<BlockRef>& blocks, const std::vector<BlockRef>& others,
                                  const TreeReader& reader) {
  std::vector<Hash> known;
  for (const BlockRef& block : others) known.push_back(block.id);
  std::ranges::sort(known);
  std::vector<Entry> entries;
  for (const BlockRef& block : blocks) {
    if (std::ranges::binary_search(known, block.id)) continue;
    for (Entry& entry : reader.entries(block)) entries.push_back(std::move(entry));
  }
  return entries;
}

// A directory's mtime only says that its entries changed, which is told by them.
bool same_metadata(const Node& a, const Node& b) {
  return a.mode == b.mode && a.uid == b.uid && a.gid == b.gid && a.xattrs == b.xattrs &&
         (a.type == NodeType::directory || a.mtime_ns == b.mtime_ns);
}

bool same_content(const Entry& a, const Entry& b) {
  return a.node.target == b.node.target && a.node.device == b.node.device && a.content == b.content;
}

void report(ChangeKind kind, const Entry& entry, std::vector<Change>& changes) {
  const std::uint64_t size = entry.node.size;
  const bool added = kind == ChangeKind::added;
  changes.push_back({kind, entry.node.path, entry.node.type, added ? 0 : size, added ? size : 0});
}

void compare(const Entry& older, const Entry& newer, std::vector<Change>& changes) {
  const auto change = [&](ChangeKind kind) {
    changes.push_back({kind, newer.node.path, newer.node.type, older.node.size, newer.node.size});
  };
  if (older.node.type != newer.node.type) {
    report(ChangeKind::removed, older, changes);
    report(ChangeKind::added, newer, changes);
  } else if (!same_content(older, newer)) {
    change(ChangeKind::changed);
  } else if (!same_metadata(older.node, newer.node)) {
    change(ChangeKind::metadata);
  }
}

}  // namespace

std::vector<Change> DirectoryStore::diff(const Layer& older, const Layer& newer) const {
  expect_kind(older, "tree");
  expect_kind(newer, "tree");
  std::vector<Change> changes;
  if (older.root == newer.root) return changes;
  const TreeReader reader(reader_);
  const auto blocks_before = reader.blocks(older);
  const auto blocks_after = reader.blocks(newer);
  const auto before = entries_not_in(blocks_before, blocks_after, reader);
  const auto after = entries_not_in(blocks_after, blocks_before, reader);
  auto b = before.begin();
  auto a = after.begin();
  while (b != before.end() || a != after.end()) {
    if (a == after.end() || (b != before.end() && path_less(b->node.path, a->node.path))) {
      report(ChangeKind::removed, *b++, changes);
    } else if (b == before.end() || path_less(a->node.path, b->node.path)) {
      report(ChangeKind::added, *a++, changes);
    } else {
      compare(*b++, *a++, changes);
    }
  }
  return changes;
}

}  // namespace deskloom::snapshot
