#include "snapshot/diff.hpp"

#include <algorithm>
#include <future>

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
    std::ranges::move(reader.entries(block), std::back_inserter(entries));
  }
  return entries;
}

// Two trees, entry by entry.
class Comparison {
 public:
  void run(const std::vector<Entry>& before, const std::vector<Entry>& after);
  std::vector<Change> take();

 private:
  void compare(const Entry& older, const Entry& newer);

  Entries removed_, added_;
  std::vector<Change> changes_;
};

void Comparison::compare(const Entry& older, const Entry& newer) {
  const auto change = [&](ChangeKind kind) {
    changes_.push_back({kind, newer.node.path, newer.node.type, older.node.size, newer.node.size});
  };
  if (older.node.type != newer.node.type) {
    removed_.push_back(&older);
    added_.push_back(&newer);
  } else if (!same_content(older, newer)) {
    change(ChangeKind::changed);
  } else if (!same_metadata(older.node, newer.node)) {
    change(ChangeKind::metadata);
  }
}

void Comparison::run(const std::vector<Entry>& before, const std::vector<Entry>& after) {
  auto b = before.begin();
  auto a = after.begin();
  while (b != before.end() || a != after.end()) {
    if (a == after.end() || (b != before.end() && path_less(b->node.path, a->node.path))) {
      removed_.push_back(&*b++);
    } else if (b == before.end() || path_less(a->node.path, b->node.path)) {
      added_.push_back(&*a++);
    } else {
      compare(*b++, *a++);
    }
  }
}

std::vector<Change> Comparison::take() {
  std::ranges::move(take_moves(removed_, added_), std::back_inserter(changes_));
  for (const Entry* entry : removed_)
    changes_.push_back({ChangeKind::removed, entry->node.path, entry->node.type, entry->node.size, 0});
  for (const Entry* entry : added_)
    changes_.push_back({ChangeKind::added, entry->node.path, entry->node.type, 0, entry->node.size});
  std::ranges::stable_sort(changes_, path_less, &Change::path);
  return std::move(changes_);
}

}  // namespace

bool same_metadata(const Node& a, const Node& b) {
  return a.mode == b.mode && a.uid == b.uid && a.gid == b.gid && a.xattrs == b.xattrs &&
         (a.type == NodeType::directory || a.mtime_ns == b.mtime_ns);
}

bool same_content(const Entry& a, const Entry& b) {
  return a.node.target == b.node.target && a.node.device == b.node.device && a.content == b.content;
}

std::vector<Change> DirectoryStore::diff(const Layer& older, const Layer& newer) const {
  expect_kind(older, "tree");
  expect_kind(newer, "tree");
  if (older.root == newer.root) return {};
  const TreeReader reader(reader_);
  const auto blocks_before = reader.blocks(older);
  const auto blocks_after = reader.blocks(newer);
  ChunkReader beside(chunks_);
  auto before = std::async(std::launch::async,
                           [&] { return entries_not_in(blocks_before, blocks_after, TreeReader(beside)); });
  const auto after = entries_not_in(blocks_after, blocks_before, reader);
  const auto older_entries = before.get();
  Comparison comparison;
  comparison.run(older_entries, after);
  return comparison.take();
}

}  // namespace deskloom::snapshot
