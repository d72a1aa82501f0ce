#include "snapshot/marker.hpp"

#include <algorithm>

namespace deskloom::snapshot {

Marker::Marker(ChunkStore& chunks, std::set<std::string> condemned)
    : chunks_(chunks),
      reader_(chunks),
      condemned_(std::move(condemned)),
      walk_(reader_, [this](const Hash& id) { mark_chunk(id); }) {
  const auto packs = chunks_.pack_ids();
  on_disk_ = {packs.begin(), packs.end()};
  for (auto& table : chunks_.index().tables()) {
    tables_.push_back({table, std::vector<bool>(table->size()), std::vector<bool>(table->size())});
  }
}

void Marker::keep_readable(const std::set<std::string>& packs) {
  for (Table& table : tables_) {
    for (std::uint32_t i = 0; i < table.table->size(); ++i) {
      if (table.needed[i] || table.readable[i]) continue;
      const IndexedChunk chunk = table.table->at(i);
      const std::string& pack = table.table->packs()[chunk.pack].id;
      if (!packs.contains(pack)) continue;
      table.readable[i] = true;
      if (chunk.entry.depth > 0) try_mark_bases({pack, chunk.entry});
    }
  }
}

// One that could not be read before is no reason to keep anything.
void Marker::try_mark_bases(const Index::Location& location) {
  try {
    mark_bases(location);
  } catch (const base::Error& error) {
    if (error.kind() != base::ErrorKind::corrupt) throw;
  }
}

void Marker::mark_chunk(const Hash& id) {
  for (const bool in_condemned : {false, true}) {
    for (Table& table : tables_) {
      const auto position = table.table->position_of(id);
      if (!position) continue;
      if (table.needed[*position]) return;
      const IndexedChunk chunk = table.table->at(*position);
      const std::string& pack = table.table->packs()[chunk.pack].id;
      if (condemned_.contains(pack) != in_condemned || !on_disk_.contains(pack)) continue;
      table.needed[*position] = true;
      if (chunk.entry.depth > 0) mark_bases({pack, chunk.entry});
      return;
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

std::map<std::string, Marker::Need> Marker::needs() const {
  std::map<std::string, Need> needs;
  for (const auto& [table, needed, readable] : tables_) {
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
