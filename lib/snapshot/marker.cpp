#include "snapshot/marker.hpp"

#include <algorithm>

#include "snapshot/directory_store.hpp"
#include "snapshot/tree_reader.hpp"

namespace deskloom::snapshot {

Marker::Marker(ChunkStore& chunks, std::set<std::string> condemned)
    : chunks_(chunks), reader_(chunks), condemned_(std::move(condemned)) {
  for (auto& table : chunks_.index().tables()) tables_.push_back({table, std::vector<bool>(table->size())});
}

void Marker::mark(const Snapshot& snapshot) {
  for (const Layer& layer : snapshot.layers) {
    if (!mark_chunk(parse_hash(layer.root, layer.name))) continue;
    if (layer.kind == "tree") {
      mark_tree(layer);
    } else {
      for (const Content& content : layer_contents(layer, reader_)) mark_content(content);
    }
  }
}

bool Marker::mark_chunk(const Hash& id) {
  for (const bool in_condemned : {false, true}) {
    for (Table& table : tables_) {
      const auto position = table.table->position_of(id);
      if (!position) continue;
      if (table.needed[*position]) return false;
      const IndexedChunk chunk = table.table->at(*position);
      const std::string& pack = table.table->packs()[chunk.pack].id;
      if (condemned_.contains(pack) != in_condemned) continue;
      table.needed[*position] = true;
      if (chunk.entry.depth > 0) mark_bases({pack, chunk.entry});
      return true;
    }
  }
  throw base::Error(base::ErrorKind::corrupt,
                    "chunk " + to_hex(id) + " is in no pack: nothing is removed from a damaged store",
                    "run 'deskloom snapshot verify', and remove the snapshots that it names");
}

void Marker::mark_bases(const Index::Location& location) {
  FrameHeader header;
  Index::Location there = location;
  chunks_.read_frame(there, header);
  for (const FrameBase& base : header.bases) mark_chunk(base.id);
}

void Marker::mark_content(const Content& content) {
  bool is_new = false;
  for (const Extent& extent : content.extents) {
    if (!extent.is_hole && mark_chunk(extent.id)) is_new = true;
  }
  // Lists that were met before have led to the same chunks.
  if (content.depth == 0 || !is_new) return;
  for (const auto& level : load_levels(content, reader_)) {
    for (const Extent& extent : level) {
      if (!extent.is_hole) mark_chunk(extent.id);
    }
  }
}

void Marker::mark_tree(const Layer& layer) {
  mark_content(layer_content(layer, reader_));
  const TreeReader reader(reader_);
  for (const BlockRef& block : reader.blocks(layer)) {
    if (!mark_chunk(block.id)) continue;
    for (const Entry& entry : reader.entries(block)) mark_content(entry.content);
  }
}

std::map<std::string, Marker::Need> Marker::needs() const {
  std::map<std::string, Need> needs;
  for (const auto& [table, needed] : tables_) {
    for (const IndexedPack& pack : table->packs()) needs[pack.id];
    for (std::uint32_t i = 0; i < table->size(); ++i) {
      if (!needed[i]) continue;
      const IndexedChunk chunk = table->at(i);
      Need& need = needs[table->packs()[chunk.pack].id];
      if (need.frames.emplace(chunk.entry.frame_offset, chunk.entry).second)
        need.bytes += chunk.entry.frame_bytes;
    }
  }
  return needs;
}

}  // namespace deskloom::snapshot
