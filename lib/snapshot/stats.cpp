#include "snapshot/stats.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <limits>
#include <map>
#include <unordered_map>

#include "snapshot/chunk_places.hpp"
#include "snapshot/closure.hpp"
#include "snapshot/directory_store.hpp"

namespace deskloom::snapshot {
namespace {

// Who needs a chunk: nobody, one group by its number plus one, or several.
using Owner = std::uint32_t;
constexpr Owner nobody = 0;
constexpr Owner several = std::numeric_limits<Owner>::max();
// Of which layer a chunk is, by its number plus one.
using LayerName = std::uint32_t;
constexpr LayerName not_counted = 0;  // only groups without a name need it
// The frames of a store are added up in parts of so many chunks, however large it is.
constexpr std::uint64_t chunks_at_a_time = 4 << 20;

// Who needs which chunk of a store.
class Needs {
 public:
  explicit Needs(ChunkStore& chunks)
      : places_(chunks, chunks.condemned()),
        reader_(chunks),
        walk_(reader_, [this](const Hash& id) { meet(id); }) {
    for (const auto& table : places_.tables()) chunks_.emplace_back(table->size());
  }

  // A snapshot of layers of one name.
  void walk(const Snapshot& snapshot, Owner owner, LayerName layer) {
    owner_ = owner;
    layer_ = layer;
    walk_.walk(snapshot, owner);
  }
  // Returns what all of it takes in packs, counted or not.
  std::uint64_t add_up(StoreStats& stats) const;

 private:
  struct Chunk {
    Owner owner = nobody;
    LayerName layer = not_counted;
  };
  struct Frame {
    Owner owner = nobody;
    std::uint32_t bytes = 0;
    std::uint64_t counted_bytes = 0;  // of its chunks that are counted, unpacked
  };
  // Calls back for the chunks that are needed, in the packs whose number, divided by parts, leaves part.
  // place: of their frame.
  using Visit = std::function<void(const Chunk&, const PackEntry& entry, std::uint64_t place)>;
  void visit_needed(std::uint64_t part, std::uint64_t parts, const Visit& visit) const;
  void meet(const Hash& id, unsigned below_depth = any_depth);
  std::uint64_t add_up_part(StoreStats& stats, std::uint64_t part, std::uint64_t parts) const;

  ChunkPlaces places_;
  ChunkReader reader_;
  ClosureWalk walk_;
  std::vector<std::vector<Chunk>> chunks_;  // by table
  Owner owner_ = nobody;
  LayerName layer_ = not_counted;
};

void Needs::meet(const Hash& id, unsigned below_depth) {
  const auto place = places_.find(id, below_depth);
  Chunk& chunk = chunks_[place.table][place.position];
  if (chunk.layer == not_counted) chunk.layer = layer_;
  if (chunk.owner == owner_ || chunk.owner == several) return;
  chunk.owner = chunk.owner == nobody ? owner_ : several;
  const auto location = places_.location(place);
  for (const FrameBase& base : places_.bases(location)) meet(base.id, location.entry.depth);
}

std::uint64_t Needs::add_up(StoreStats& stats) const {
  std::uint64_t chunks = 0;
  for (const auto& table : places_.tables()) chunks += table->size();
  const std::uint64_t parts = 1 + chunks / chunks_at_a_time;
  std::uint64_t stored_bytes = 0;
  for (std::uint64_t part = 0; part < parts; ++part) stored_bytes += add_up_part(stats, part, parts);
  return stored_bytes;
}

void Needs::visit_needed(std::uint64_t part, std::uint64_t parts, const Visit& visit) const {
  std::uint64_t first_pack = 0;
  for (std::size_t t = 0; t < places_.tables().size(); ++t) {
    const IndexTable& table = *places_.tables()[t];
    for (std::uint32_t i = 0; i < table.size(); ++i) {
      if (chunks_[t][i].owner == nobody) continue;
      const IndexedChunk chunk = table.at(i);
      const std::uint64_t pack = first_pack + chunk.pack;
      if (pack % parts == part) visit(chunks_[t][i], chunk.entry, pack << 32 | chunk.entry.frame_offset);
    }
    first_pack += table.packs().size();
  }
}

std::uint64_t Needs::add_up_part(StoreStats& stats, std::uint64_t part, std::uint64_t parts) const {
  std::unordered_map<std::uint64_t, Frame> frames;
  visit_needed(part, parts, [&](const Chunk& chunk, const PackEntry& entry, std::uint64_t place) {
    if (chunk.owner != several) stats.groups[chunk.owner - 1].unique_bytes += entry.size;
    Frame& frame = frames[place];
    frame.owner = frame.owner == nobody || frame.owner == chunk.owner ? chunk.owner : several;
    frame.bytes = entry.frame_bytes;
    if (chunk.layer == not_counted) return;
    frame.counted_bytes += entry.size;
    stats.total.unique_bytes += entry.size;
    stats.layers[chunk.layer - 1].unique_bytes += entry.size;
  });
  std::uint64_t stored_bytes = 0;
  for (const auto& [place, frame] : frames) {
    stored_bytes += frame.bytes;
    if (frame.counted_bytes > 0) stats.total.stored_bytes += frame.bytes;
    if (frame.owner != several) stats.groups[frame.owner - 1].stored_bytes += frame.bytes;
  }
  // Layers that share a frame share what it takes.
  visit_needed(part, parts, [&](const Chunk& chunk, const PackEntry& entry, std::uint64_t place) {
    const Frame& frame = frames[place];
    if (chunk.layer == not_counted || frame.counted_bytes == 0) return;
    stats.layers[chunk.layer - 1].stored_bytes +=
        std::uint64_t{frame.bytes} * entry.size / frame.counted_bytes;
  });
  return stored_bytes;
}

// Parts in the order in which they were first named.
class Parts {
 public:
  explicit Parts(std::vector<StoreStats::Part>& parts) : parts_(parts) {}
  // From 1.
  std::uint32_t number_of(const std::string& name) {
    const auto [found, is_new] = numbers_.try_emplace(name, parts_.size() + 1);
    if (is_new) parts_.push_back({name});
    return static_cast<std::uint32_t>(found->second);
  }
  void count(const std::string& name, const Snapshot& snapshot) {
    StoreStats::Part& part = parts_[number_of(name) - 1];
    ++part.snapshots;
    for (const Layer& layer : snapshot.layers) part.logical_bytes += layer.size_bytes;
  }
  void finish() {
    std::erase_if(parts_, [](const StoreStats::Part& part) { return part.name.empty(); });
    std::ranges::sort(parts_, {}, &StoreStats::Part::name);
  }

 private:
  std::vector<StoreStats::Part>& parts_;
  std::map<std::string, std::size_t> numbers_;
};

std::map<std::string, Snapshot> by_layer(const Snapshot& snapshot) {
  std::map<std::string, Snapshot> split;
  for (const Layer& layer : snapshot.layers) split[layer.name].layers.push_back(layer);
  return split;
}

// One gathering of statistics.
class Survey {
 public:
  explicit Survey(ChunkStore& chunks) : needs_(chunks), layers_(stats_.layers), groups_(stats_.groups) {}
  void add(const Snapshot& snapshot, const std::string& group);
  void add_damaged() { ++stats_.damaged; }
  StoreStats finish(std::uint64_t pack_bytes);

 private:
  StoreStats stats_;
  Needs needs_;
  Parts layers_, groups_;
};

void Survey::add(const Snapshot& snapshot, const std::string& group) {
  const bool is_counted = !group.empty();
  const Owner owner = groups_.number_of(group);
  for (const auto& [name, part] : by_layer(snapshot)) {
    needs_.walk(part, owner, is_counted ? layers_.number_of(name) : not_counted);
    if (is_counted) layers_.count(name, part);
  }
  groups_.count(group, snapshot);
}

StoreStats Survey::finish(std::uint64_t pack_bytes) {
  const std::uint64_t needed_bytes = needs_.add_up(stats_);
  stats_.unneeded_bytes = pack_bytes > needed_bytes ? pack_bytes - needed_bytes : 0;
  layers_.finish();
  groups_.finish();
  for (const StoreStats::Part& group : stats_.groups) {
    stats_.total.snapshots += group.snapshots;
    stats_.total.logical_bytes += group.logical_bytes;
  }
  return std::move(stats_);
}

std::uint64_t bytes_of_packs(const ChunkStore& chunks) {
  std::uint64_t total = 0;
  for (const std::string& pack : chunks.pack_ids()) {
    std::error_code missing;  // collected meanwhile
    const auto size = std::filesystem::file_size(chunks.pack_path(pack), missing);
    if (!missing) total += size;
  }
  return total;
}

void expect_whole_index(ChunkStore& chunks) {
  const auto missing = chunks.without_table();
  if (missing.empty()) return;
  throw base::Error(base::ErrorKind::corrupt,
                    fmt::format("{} packs are in no table of {}, so nobody knows who needs what is in them",
                                missing.size(), chunks.index().directory().string()),
                    "the next capture, or 'deskloom snapshot gc', makes the tables anew");
}

}  // namespace

StoreStats DirectoryStore::stats(const GroupOf& group_of, base::Progress& progress) const {
  const auto listed = ids();  // before the index is looked at, so that it knows all that they need
  expect_whole_index(chunks_);
  Survey survey(chunks_);
  progress.begin("looking at snapshots", 0);
  for (const std::string& id : listed) {
    try {
      const Snapshot snapshot = get(id);
      survey.add(snapshot, group_of(snapshot));
    } catch (const base::Error& error) {
      if (error.kind() == base::ErrorKind::not_found) continue;  // removed meanwhile
      if (error.kind() != base::ErrorKind::corrupt) throw;
      survey.add_damaged();
    }
  }
  progress.end();
  return survey.finish(bytes_of_packs(chunks_));
}

}  // namespace deskloom::snapshot
