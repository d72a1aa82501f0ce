#include "snapshot/closure.hpp"

#include "snapshot/directory_store.hpp"
#include "snapshot/tree_reader.hpp"

namespace deskloom::snapshot {
namespace {

bool is_tree(const Layer& layer) { return layer.kind == "tree"; }

Hash sum_of(const Content& content) {
  ByteWriter out;
  serialise(content, out);
  return sha256(out.bytes());
}

}  // namespace

void ClosureWalk::walk(const Snapshot& snapshot) {
  for (const Layer& layer : snapshot.layers) {
    const Hash root = parse_hash(layer.root, layer.name);
    if (!(is_tree(layer) ? trees_ : streams_).insert(root).second) continue;
    visit(root);
    for (const Content& content : layer_contents(layer, chunks_)) walk_content(content);
    if (is_tree(layer)) walk_blocks(layer);
  }
}

void ClosureWalk::skip(const Snapshot& snapshot) {
  for (const Layer& layer : snapshot.layers) {
    const Hash root = parse_hash(layer.root, layer.name);
    if (!(is_tree(layer) ? trees_ : streams_).insert(root).second) continue;
    for (const Content& content : layer_contents(layer, chunks_)) skip(content);
    if (!is_tree(layer)) continue;
    for (const BlockRef& block : TreeReader(chunks_).blocks(layer)) blocks_.insert(block.id);
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
  if (!lists_.insert(sum_of(content)).second) return;
  // The lists first: whoever is told of a chunk may have to fetch it before it is read.
  visit(content.extents);
  for (const auto& level : load_levels(content, chunks_)) visit(level);
}

void ClosureWalk::walk_blocks(const Layer& layer) {
  const TreeReader reader(chunks_);
  for (const BlockRef& block : reader.blocks(layer)) {
    if (!blocks_.insert(block.id).second) continue;
    visit(block.id);
    for (const Entry& entry : reader.entries(block)) walk_content(entry.content);
  }
}

}  // namespace deskloom::snapshot
