#include "snapshot/need_count.hpp"

#include <algorithm>
#include <iterator>

#include "snapshot/directory_store.hpp"
#include "snapshot/manifest.hpp"
#include "snapshot/tree_reader.hpp"

namespace deskloom::snapshot {
namespace {

namespace fs = std::filesystem;

NeedKey node_key(NeedKind kind, const Hash& id) { return {static_cast<std::uint8_t>(kind), id}; }

// chunk or base
NeedKey chunk_key(NeedKind kind, const Hash& id, unsigned below_depth) {
  return {static_cast<std::uint8_t>(static_cast<unsigned>(kind) + below_depth), id};
}

[[noreturn]] void fail_counted() {
  throw base::Error(base::ErrorKind::corrupt, "needs.sqlite does not fit the store",
                    "the next collection makes it anew");
}

NeedKind kind_of(const Layer& layer) {
  if (layer.kind == "tree") return NeedKind::tree;
  if (layer.kind == "pages") return NeedKind::pages;
  if (layer.kind != "stream") fail_counted();
  return NeedKind::stream;
}

std::string text_of(const std::vector<Layer>& layers) {
  std::string text;
  for (const Layer& layer : layers) text += layer.kind + " " + layer.root + "\n";
  return text;
}

std::vector<Layer> layers_from(const std::string& text) {
  std::vector<Layer> layers;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t space = text.find(' ', at), end = text.find('\n', at);
    if (end == std::string::npos || space > end) fail_counted();
    layers.push_back(
        {"layer", text.substr(at, space - at), text.substr(space + 1, end - space - 1), 0, 0, 0});
    at = end + 1;
  }
  return layers;
}

Hash sum_of(const Content& content) {
  ByteWriter out;
  serialise(content, out);
  return sha256(out.bytes());
}

}  // namespace

NeedCount::NeedCount(ChunkStore& chunks, const fs::path& file, Get get)
    : chunks_(chunks), table_(file), get_(std::move(get)), reader_(chunks) {
  for (const auto& pack : table_.packs()) {
    pack_ids_[pack.number] = pack.id;
    packs_[pack.id] = {pack.number, pack.is_kept, static_cast<std::uint64_t>(pack.needed_bytes),
                       static_cast<std::uint64_t>(pack.held_bytes)};
  }
  stored_ = packs_;
}

void NeedCount::commit() {
  for (const auto& [id, pack] : packs_) {
    const auto stored = stored_.find(id);
    if (stored != stored_.end() && stored->second == pack) continue;
    table_.put({pack.number, id, pack.is_kept, static_cast<std::int64_t>(pack.needed_bytes),
                static_cast<std::int64_t>(pack.held_bytes)});
  }
  table_.commit();
  stored_ = packs_;
}

void NeedCount::update(const fs::path& snapshots, const std::vector<IdFolder>& folders,
                       base::Timestamp settled_before) {
  auto known = table_.folders();
  std::map<std::string, std::vector<std::string>> listed;
  for (const auto& [name, changed_at] : folders) {
    const auto before = known.extract(name);
    if (!before.empty() && before.mapped() == changed_at) continue;
    auto& ids = listed[name] = base::list_directory(snapshots / name);
    const auto found = unfinished_.size();
    for (const std::string& file : ids) {
      if (base::is_unfinished_name(file)) unfinished_.push_back(snapshots / name / file);
    }
    const bool is_settled = changed_at < settled_before && found == unfinished_.size();
    table_.put_folder(name, is_settled ? changed_at : base::Timestamp{});
  }
  for (const auto& [gone, changed_at] : known) listed[gone];
  chunks_.index().refresh();  // after it: the tables of a snapshot come before its manifest
  list_packs();
  for (auto& [name, ids] : listed) {
    std::erase_if(ids, [](const std::string& id) { return !is_snapshot_id(id); });
    update_folder(name, ids);
  }
  keep_packs();
}

// First those that came, so that what the others share with them is not looked at.
void NeedCount::update_folder(const fs::path& folder, const std::vector<std::string>& ids) {
  const auto counted = table_.snapshots_in(folder);
  std::vector<std::string> came, went;
  std::ranges::set_difference(ids, counted, std::back_inserter(came));
  std::ranges::set_difference(counted, ids, std::back_inserter(went));
  for (const std::string& id : came) count_snapshot(id);
  for (const std::string& id : went) {
    for (const Layer& layer : layers_from(table_.layers_of(id))) count_layer(layer, -1);
    table_.remove_snapshot(id);
  }
}

void NeedCount::count_snapshot(const std::string& id) {
  Snapshot snapshot;
  try {
    snapshot = get_(id);
  } catch (const base::Error& error) {
    if (error.kind() != base::ErrorKind::not_found) throw;
    return;  // pruned meanwhile
  }
  for (const Layer& layer : snapshot.layers) count_layer(layer, 1);
  table_.put_snapshot(id, text_of(snapshot.layers));
}

void NeedCount::count_layer(const Layer& layer, int by) {
  const Hash root = parse_hash(layer.root, "needs.sqlite");
  if (!count_node(kind_of(layer), root, by)) return;
  count_chunk(NeedKind::chunk, root, any_depth, by);
  for (const Content& content : layer_contents(layer, reader_)) count_content(content, by);
  if (layer.kind != "tree") return;
  for (const BlockRef& block : TreeReader(reader_).blocks(layer)) count_block(block, by);
}

void NeedCount::count_block(const BlockRef& block, int by) {
  if (!count_node(NeedKind::block, block.id, by)) return;
  count_chunk(NeedKind::chunk, block.id, any_depth, by);
  for (const Entry& entry : TreeReader(reader_).entries(block)) count_content(entry.content, by);
}

void NeedCount::count_content(const Content& content, int by) {
  const auto count = [&](const std::vector<Extent>& extents) {
    for (const Extent& extent : extents) {
      if (!extent.is_hole) count_chunk(NeedKind::chunk, extent.id, any_depth, by);
    }
  };
  if (content.depth == 0) return count(content.extents);
  if (!count_node(NeedKind::list, sum_of(content), by)) return;
  for (const auto& level : load_levels(content, reader_)) count(level);
}

bool NeedCount::count_node(NeedKind kind, const Hash& id, int by) {
  const NeedKey key = node_key(kind, id);
  auto counted = table_.counted(key);
  counted.times += by;
  table_.put(key, counted);
  return counted.times == (by > 0 ? 1 : 0);
}

void NeedCount::count_chunk(NeedKind kind, const Hash& id, unsigned below_depth, int by) {
  const NeedKey key = chunk_key(kind, id, below_depth);
  auto counted = table_.counted(key);
  counted.times += by;
  std::optional<Index::Location> found;
  if (by > 0 && counted.pack == 0) found = find(id, below_depth);
  if (found) {
    counted.pack = known(found->pack).number;
    counted.frame = found->entry.frame_offset;
  }
  table_.put(key, counted);
  if (found) count_frame(kind, found->pack, found->entry, 1);
  if (counted.times > 0 || counted.pack == 0) return;
  PackEntry frame;
  frame.frame_offset = static_cast<std::uint32_t>(counted.frame);
  count_frame(kind, pack_of(counted.pack), frame, -1);
}

// A base that could not be read before is no reason to keep anything.
std::optional<Index::Location> NeedCount::find(const Hash& id, unsigned below_depth) const {
  try {
    return places_->location(places_->find(id, below_depth));
  } catch (const base::Error& error) {
    if (error.kind() != base::ErrorKind::corrupt || below_depth == any_depth) throw;
    return std::nullopt;
  }
}

// As what a frame's bases are counted.
std::optional<NeedKind> NeedCount::bases_of(const Pack& pack, const NeedTable::Frame& frame) const {
  if (frame.depth == 0) return std::nullopt;
  if (frame.times > 0) return NeedKind::chunk;
  return pack.is_kept || frame.bases > 0 ? std::optional(NeedKind::base) : std::nullopt;
}

void NeedCount::count_frame(NeedKind kind, const std::string& pack, const PackEntry& entry, int by) {
  Pack& counted = known(pack);
  auto frame = table_.frame(counted.number, entry.frame_offset);
  if (frame.times + frame.bases == 0) {
    frame.bytes = entry.frame_bytes;
    frame.depth = entry.depth;
  }
  const auto before = frame;
  (kind == NeedKind::chunk ? frame.times : frame.bases) += by;
  table_.put(counted.number, entry.frame_offset, frame);
  const auto bytes = static_cast<std::uint64_t>(frame.bytes);
  if (before.times == 0 && frame.times > 0) counted.needed_bytes += bytes;
  if (before.times > 0 && frame.times == 0) counted.needed_bytes -= bytes;
  if (before.times + before.bases == 0) counted.held_bytes += bytes;
  if (frame.times + frame.bases == 0) counted.held_bytes -= bytes;
  const auto were = bases_of(counted, before), are = bases_of(counted, frame);
  if (were == are) return;
  PackEntry whole = entry;
  whole.frame_bytes = static_cast<std::uint32_t>(frame.bytes);
  const FrameHeader header = header_at(pack, whole);
  if (are) count_bases(*are, header, 1);
  if (were) count_bases(*were, header, -1);
}

NeedCount::Pack& NeedCount::known(const std::string& pack) {
  const auto found = packs_.find(pack);
  if (found == packs_.end()) fail_counted();
  return found->second;
}

const std::string& NeedCount::pack_of(std::int64_t number) const {
  const auto found = pack_ids_.find(number);
  if (found == pack_ids_.end()) fail_counted();
  return found->second;
}

FrameHeader NeedCount::header_at(const std::string& pack, const PackEntry& frame) {
  Index::Location location{pack, frame};
  FrameHeader header;
  chunks_.read_frame(location, header);
  return header;
}

void NeedCount::count_bases(NeedKind kind, const FrameHeader& header, int by) {
  for (const FrameBase& base : header.bases) count_chunk(kind, base.id, header.depth, by);
}

NeedCount::Frames NeedCount::deltas_not_held(const std::string& pack) {
  Frames deltas = chunks_.deltas_in(pack);
  for (const auto& [offset, frame] : table_.frames_of(known(pack).number))
    deltas.erase(static_cast<std::uint32_t>(offset));
  return deltas;
}

// What becomes held, or no longer so, while they are counted, is seen to by count_frame.
void NeedCount::set_kept(const std::string& pack, bool is_kept) {
  Pack& counted = known(pack);
  if (counted.is_kept == is_kept) return;
  const Frames deltas = deltas_not_held(pack);
  counted.is_kept = is_kept;
  for (const auto& [offset, header] : deltas) count_bases(NeedKind::base, header, is_kept ? 1 : -1);
}

std::vector<PackEntry> NeedCount::held_frames(const std::string& pack) {
  std::vector<PackEntry> entries;
  for (const auto& [offset, frame] : table_.frames_of(known(pack).number)) {
    PackEntry& entry = entries.emplace_back();
    entry.frame_offset = static_cast<std::uint32_t>(offset);
    entry.frame_bytes = static_cast<std::uint32_t>(frame.bytes);
    entry.depth = static_cast<std::uint8_t>(frame.depth);
  }
  return entries;
}

void NeedCount::list_packs() {
  places_ = std::make_unique<ChunkPlaces>(chunks_, chunks_.condemned());
  const auto present = places_->packs();
  for (const auto& [id, pack] : std::map(packs_)) {
    if (!present.contains(id)) leave_out(id, pack);
  }
  for (const std::string& id : present) {
    if (!packs_.contains(id)) take_in(id);
  }
}

// After the snapshots: most of what is in new packs is needed, and not counted twice then.
void NeedCount::keep_packs() {
  const auto condemned = chunks_.condemned();
  for (const auto& [id, pack] : packs_) set_kept(id, !condemned.contains(id));
  for (const std::string& id : condemned) {
    if (packs_.contains(id)) move_out_of(id);
  }
}

void NeedCount::take_in(const std::string& id) {
  const std::int64_t number = pack_ids_.empty() ? 1 : pack_ids_.rbegin()->first + 1;
  pack_ids_[number] = id;
  packs_[id].number = number;
}

// One that collections had condemned and nobody needed, and no other, can vanish.
void NeedCount::leave_out(const std::string& pack, const Pack& known) {
  if (known.is_kept || known.held_bytes > 0) fail_counted();
  table_.remove_pack(known.number);
  stored_.erase(pack);
  pack_ids_.erase(known.number);
  packs_.erase(pack);
}

// What was copied is needed where it is now.
void NeedCount::move_out_of(const std::string& pack) {
  for (const PackEntry& frame : held_frames(pack)) {
    for (const FrameChunk& chunk : header_at(pack, frame).chunks) {
      for (const NeedKind kind : {NeedKind::chunk, NeedKind::base}) {
        for (unsigned depth = 1; depth <= any_depth; ++depth)
          move(chunk_key(kind, chunk.id, depth), depth, pack, frame);
      }
    }
  }
}

void NeedCount::move(const NeedKey& key, unsigned below_depth, const std::string& pack,
                     const PackEntry& frame) {
  auto counted = table_.counted(key);
  const bool stands_there = counted.pack == known(pack).number && counted.frame == frame.frame_offset;
  if (counted.times == 0 || !stands_there) return;
  const auto found = find(key.id, below_depth);
  if (!found || found->pack == pack) return;
  counted.pack = known(found->pack).number;
  counted.frame = found->entry.frame_offset;
  table_.put(key, counted);
  const NeedKind kind =
      key.kind < static_cast<std::uint8_t>(NeedKind::base) ? NeedKind::chunk : NeedKind::base;
  count_frame(kind, found->pack, found->entry, 1);
  count_frame(kind, pack, frame, -1);
}

}  // namespace deskloom::snapshot
