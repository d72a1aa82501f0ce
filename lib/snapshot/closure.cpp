#include "snapshot/closure.hpp"

#include <limits>

#include "snapshot/directory_store.hpp"
#include "snapshot/tree_reader.hpp"

namespace deskloom::snapshot {
namespace {

constexpr ClosureWalk::Group several = std::numeric_limits<ClosureWalk::Group>::max();

bool is_tree(const Layer& layer) { return layer.kind == "tree"; }

Hash sum_of(const Content& content) {
  ByteWriter out;
  serialise(content, out);
  return sha256(out.bytes());
}

}  // namespace

bool ClosureWalk::enter(const Hash& id, Entered& entered) const {
  const auto [found, is_new] = entered.try_emplace(id, group_);
  if (is_new) return true;
  if (found->second == group_ || found->second == several) return false;
  found->second = several;
  return true;
}

void ClosureWalk::walk(const Snapshot& snapshot, Group group) {
  group_ = group;
  for (const Layer& layer : snapshot.layers) {
    const Hash root = parse_hash(layer.root, layer.name);
    if (!enter(root, is_tree(layer) ? trees_ : streams_)) continue;
    visit(root);
    for (const Content& content : layer_contents(layer, chunks_)) walk_content(content);
    if (is_tree(layer)) walk_blocks(layer);
  }
}

void ClosureWalk::skip(const Snapshot& snapshot) {
  for (const Layer& layer : snapshot.layers) {
    const Hash root = parse_hash(layer.root, layer.name);
    if (!enter(root, is_tree(layer) ? trees_ : streams_)) continue;
    for (const Content& content : layer_contents(layer, chunks_)) skip(content);
    if (!is_tree(layer)) continue;
    for (const BlockRef& block : TreeReader(chunks_).blocks(layer)) enter(block.id, blocks_);
  }
}

void ClosureWalk::skip(const Content& content) {
  for (const auto& level : load_levels(content, chunks_)) {
    for (const Extent& extent : level) skipped_.insert(extent.id);
  }
}

void ClosureWalk::visit(const Hash& id) {
  if (!skipped_.contains(id)) visit_(id);
}

void ClosureWalk::visit(const std::vector<Extent>& extents) {
  for (const Extent& extent : extents) {
    if (!extent.is_hole) visit(extent.id);
  }
}

void ClosureWalk::walk_content(const Content& content) {
  if (content.depth == 0) return visit(content.extents);
  if (!enter(sum_of(content), lists_)) return;
  // The lists first: whoever is told of a chunk may have to fetch it before it is read.
  visit(content.extents);
  for (const auto& level : load_levels(content, chunks_)) visit(level);
}

void ClosureWalk::walk_blocks(const Layer& layer) {
  const TreeReader reader(chunks_);
  for (const BlockRef& block : reader.blocks(layer)) {
    if (!enter(block.id, blocks_)) continue;
    visit(block.id);
    for (const Entry& entry : reader.entries(block)) walk_content(entry.content);
  }
}

}  // namespace deskloom::snapshot
