#include "snapshot/marker.hpp"

#include <algorithm>

namespace deskloom::snapshot {

Marker::Marker(ChunkStore& chunks, std::set<std::string> condemned)
    : places_(chunks, std::move(condemned)),
      reader_(chunks),
      walk_(reader_, [this](const Hash& id) { mark_chunk(id); }) {
  for (const auto& table : places_.tables())
    marks_.push_back({std::vector<bool>(table->size()), std::vector<bool>(table->size())});
}

void Marker::keep_readable(const std::set<std::string>& packs) {
  for (std::size_t t = 0; t < marks_.size(); ++t) {
    Marks& marks = marks_[t];
    for (std::uint32_t i = 0; i < marks.needed.size(); ++i) {
      if (marks.needed[i] || marks.readable[i]) continue;
      const auto location = places_.location({t, i});
      if (!packs.contains(location.pack)) continue;
      marks.readable[i] = true;
      try_mark_bases(location);
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

void Marker::mark_chunk(const Hash& id, unsigned below_depth) {
  const auto place = places_.find(id, below_depth);
  auto needed = marks_[place.table].needed[place.position];
  if (needed) return;
  needed = true;
  mark_bases(places_.location(place));
}

void Marker::mark_bases(const Index::Location& location) {
  for (const FrameBase& base : places_.bases(location)) mark_chunk(base.id, location.entry.depth);
}

std::map<std::string, Marker::Need> Marker::needs() const {
  std::map<std::string, Need> needs;
  for (std::size_t t = 0; t < marks_.size(); ++t) {
    const auto& table = places_.tables()[t];
    for (const IndexedPack& pack : table->packs()) needs[pack.id];
    for (std::uint32_t i = 0; i < table->size(); ++i) {
      if (!marks_[t].needed[i]) continue;
      const IndexedChunk chunk = table->at(i);
      Need& need = needs[table->packs()[chunk.pack].id];
      if (need.frames.emplace(chunk.entry.frame_offset, chunk.entry).second)
        need.bytes += chunk.entry.frame_bytes;
    }
  }
  return needs;
}

}  // namespace deskloom::snapshot
