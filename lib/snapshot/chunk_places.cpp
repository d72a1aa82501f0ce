#include "snapshot/chunk_places.hpp"

namespace deskloom::snapshot {

ChunkPlaces::ChunkPlaces(ChunkStore& chunks, std::set<std::string> condemned)
    : chunks_(chunks), condemned_(std::move(condemned)), tables_(chunks.index().tables()) {
  const auto packs = chunks.pack_ids();
  on_disk_ = {packs.begin(), packs.end()};
}

ChunkPlaces::Place ChunkPlaces::find(const Hash& id, unsigned below_depth) const {
  std::optional<Place> in_condemned;
  for (std::size_t i = 0; i < tables_.size(); ++i) {
    const auto [first, last] = tables_[i]->range_of(id);
    for (std::uint32_t position = first; position < last; ++position) {
      const auto [pack, entry] = location({i, position});
      if (entry.depth >= below_depth || !on_disk_.contains(pack)) continue;
      if (!condemned_.contains(pack)) return {i, position};
      if (!in_condemned) in_condemned = {i, position};
    }
  }
  if (in_condemned) return *in_condemned;
  throw base::Error(base::ErrorKind::corrupt,
                    "chunk " + to_hex(id) + " is in no pack: nothing is removed from a damaged store",
                    "run 'deskloom snapshot verify', and remove the snapshots that it names");
}

Index::Location ChunkPlaces::location(Place place) const {
  const IndexTable& table = *tables_[place.table];
  const IndexedChunk chunk = table.at(place.position);
  return {table.packs()[chunk.pack].id, chunk.entry};
}

std::set<std::string> ChunkPlaces::packs() const {
  std::set<std::string> packs;
  for (const auto& table : tables_) {
    for (const IndexedPack& pack : table->packs()) {
      if (on_disk_.contains(pack.id)) packs.insert(pack.id);
    }
  }
  return packs;
}

std::vector<FrameBase> ChunkPlaces::bases(const Index::Location& location) const {
  if (location.entry.depth == 0) return {};
  FrameHeader header;
  Index::Location there = location;
  chunks_.read_frame(there, header);
  return std::move(header.bases);
}

}  // namespace deskloom::snapshot
