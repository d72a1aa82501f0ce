#include "snapshot/chunk_store.hpp"

#include <fcntl.h>

#include <algorithm>
#include <cerrno>
#include <set>

namespace deskloom::snapshot {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t open_pack_limit = 64;
constexpr std::size_t recent_limit_bytes = 8 << 20;
constexpr std::size_t recent_limit_frames = 32;  // they are searched one by one
constexpr int unpacks_limit = 4 * static_cast<int>(frame_bases_limit);

[[noreturn]] void fail_chunk(const fs::path& pack, const Hash& id, const std::string& problem) {
  throw base::Error(base::ErrorKind::corrupt, pack.string() + ": chunk " + to_hex(id) + " " + problem,
                    "run deskloom snapshot verify --full to see which snapshots need it");
}

// Not open: there is none.
base::UniqueFd open_pack(const fs::path& pack) {
  base::UniqueFd fd(::open(pack.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd && errno != ENOENT) throw base::system_error("cannot open " + pack.string());
  return fd;
}

}  // namespace

PackScan scan_whole(const fs::path& pack, const Seal& seal) {
  const auto fd = open_pack(pack);
  return fd ? scan_pack(fd.get(), pack.string(), seal) : PackScan{};
}

ChunkStore::ChunkStore(const StoreRoot& root)
    : directory_(root.directory), seal_(root.seal), index_(root.directory / "index") {}

std::vector<std::string> ChunkStore::pack_ids() const {
  std::vector<std::string> ids;
  for (const std::string& name : base::list_directory(packs_directory())) {
    if (name.ends_with(".pack")) ids.push_back(fs::path(name).stem());
  }
  return ids;
}

void ChunkStore::repair() {
  // Before anything is looked for: a pack that is no longer condemned then has gone from packs/ before.
  std::set<std::string> ignored = condemned();
  const auto adopted = adopt_unfinished_packs(incoming_directory(), packs_directory(), *seal_);
  index_.refresh();
  for (const fs::path& path : index_.damaged()) base::remove_file(path);
  std::set<std::string> in_work;
  for (const std::string& name : base::list_directory(incoming_directory())) {
    const std::string id = fs::path(name).stem();
    if (!ignored.contains(id)) in_work.insert(id);
  }
  std::set<std::string> passed_over = in_work;
  passed_over.insert(ignored.begin(), ignored.end());
  ignored.merge(lost());
  index_.ignore_packs(std::move(ignored));
  // Others first: what is in work is held against them. A table of what is condemned might stay behind it.
  index_.add(scan_unknown(passed_over, false));
  index_.add(scan_unknown(in_work, true));
  release_adopted(incoming_directory(), adopted);
}

// Deltas of a writer that was killed, or will be, may have been made against what a collection has removed
// since, or is about to: nobody needs them, and nobody must find them. Other packs without a table have lost
// it: snapshots may need all that is in them.
IndexContent ChunkStore::scan_unknown(const std::set<std::string>& in_work, bool of_those) {
  IndexContent content;
  for (const std::string& id : pack_ids()) {
    if (in_work.contains(id) != of_those || index_.knows_pack(id)) continue;
    PackScan scan = scan_whole(pack_path(id), *seal_);
    if (of_those) {
      std::erase_if(scan.entries, [&](const PackEntry& entry) {
        const auto& bases = scan.bases[entry.frame_offset];
        return !std::ranges::all_of(
            bases, [&](const FrameBase& base) { return index_.find(base.id, entry.depth).has_value(); });
      });
    }
    if (scan.size_bytes > 0) content.add({id, scan.size_bytes}, scan.entries);
  }
  return content;
}

// Looked at in this order, because the writer's file in incoming/ goes when its pack has a table.
std::vector<std::string> ChunkStore::without_table() {
  std::vector<std::string> packs = pack_ids();
  const auto in_work = base::list_directory(incoming_directory());
  index_.refresh();
  std::set<std::string> known;
  for (const std::string& name : in_work) known.insert(fs::path(name).stem());
  for (const auto& table : index_.tables()) {
    for (const IndexedPack& pack : table->packs()) known.insert(pack.id);
  }
  std::erase_if(packs, [&](const std::string& id) { return known.contains(id); });
  return packs;
}

std::set<std::string> ChunkStore::lost() const {
  std::set<std::string> lost;
  const auto on_disk = pack_ids();
  for (const auto& table : index_.tables()) {
    for (const IndexedPack& pack : table->packs()) {
      if (!std::ranges::binary_search(on_disk, pack.id)) lost.insert(pack.id);
    }
  }
  return lost;
}

std::set<std::string> ChunkStore::condemned() const {
  const auto names = base::list_directory(condemned_directory());
  return {names.begin(), names.end()};
}

std::optional<Index::Location> ChunkStore::locate(const Hash& id, unsigned below_depth) {
  auto found = index_.find(id, below_depth);
  if (!found && index_.refresh()) found = index_.find(id, below_depth);
  if (!found) found = locate_without_table(id, below_depth);
  return found;
}

std::optional<Index::Location> ChunkStore::locate_without_table(const Hash& id, unsigned below_depth) {
  index_.drop_damaged();
  const std::lock_guard guard(mutex_);
  for (const std::string& pack : pack_ids()) {
    if (index_.knows_pack(pack) || without_table_.contains(pack)) continue;
    without_table_[pack] = scan_whole(pack_path(pack), *seal_).entries;
  }
  for (const auto& [pack, entries] : without_table_) {
    const auto found = std::ranges::find_if(
        entries, [&](const PackEntry& entry) { return entry.id == id && entry.depth < below_depth; });
    if (found != entries.end()) return Index::Location{pack, *found};
  }
  return std::nullopt;
}

std::shared_ptr<const base::UniqueFd> ChunkStore::pack_fd(const std::string& id) {
  const std::lock_guard guard(mutex_);
  const auto found = open_packs_.find(id);
  if (found != open_packs_.end()) return found->second;
  if (open_packs_.size() >= open_pack_limit) open_packs_.clear();
  base::UniqueFd fd = open_pack(pack_path(id));
  if (!fd) return nullptr;
  return open_packs_.emplace(id, std::make_shared<const base::UniqueFd>(std::move(fd))).first->second;
}

Bytes ChunkStore::read_frame(Index::Location& location, FrameHeader& header) {
  auto fd = pack_fd(location.pack);
  // A collection has moved it meanwhile, or the pack was lost and a later capture has stored it again.
  while (!fd) {
    index_.ignore_pack(location.pack);
    index_.refresh();
    auto elsewhere = index_.find(location.entry.id, location.entry.depth + 1U);
    if (!elsewhere) elsewhere = index_.find(location.entry.id);
    if (!elsewhere) break;
    location = std::move(*elsewhere);
    fd = pack_fd(location.pack);
  }
  const fs::path path = pack_path(location.pack);
  const PackEntry& entry = location.entry;
  if (entry.frame_bytes > 2 * frame_limit_bytes)
    fail_chunk(path, entry.id, "has an impossible size in the index");
  if (!fd) fail_chunk(path, entry.id, "is in a pack that is missing");
  Bytes frame(entry.frame_bytes);
  if (base::pread_full(fd->get(), frame.data(), frame.size(), entry.frame_offset, path.string()) !=
      frame.size()) {
    fail_chunk(path, entry.id, "is cut off");
  }
  auto decoded = decode_frame(frame);
  if (!decoded || decoded->frame_bytes() != frame.size()) {
    fail_chunk(path, entry.id, "is damaged, or not where the index has it");
  }
  header = std::move(*decoded);
  return frame;
}

void ChunkStore::close_packs() {
  const std::lock_guard guard(mutex_);
  open_packs_.clear();
}

std::map<std::uint32_t, FrameHeader> ChunkStore::deltas_in(const std::string& pack) {
  const auto fd = open_pack(pack_path(pack));
  if (!fd) throw base::Error(base::ErrorKind::corrupt, pack_path(pack).string() + ": is missing");
  return delta_frames(fd.get(), pack_path(pack).string(), *seal_);
}

ByteView ChunkReader::slice(const Frame& frame, const Index::Location& location) const {
  const PackEntry& entry = location.entry;
  if (entry.at > frame.raw.size() || entry.size > frame.raw.size() - entry.at) {
    fail_chunk(store_.pack_path(location.pack), entry.id, "is not where the index has it");
  }
  return ByteView(frame.raw).subspan(entry.at, entry.size);
}

// A copy may also seem damaged only because the index leads to the wrong place.
template <typename Read>
auto ChunkReader::from_any_copy(const Hash& id, unsigned below_depth, const Read& read) {
  std::optional<base::Error> first;
  for (;;) {
    const auto copy = store_.locate(id, below_depth);
    if (!copy && first) throw base::Error(*first);
    if (!copy) fail_chunk(store_.packs_directory(), id, "is in no pack");
    try {
      return read(*copy);
    } catch (const base::Error& error) {
      if (error.kind() != base::ErrorKind::corrupt) throw;
      if (!first) first = error;
    }
    if (!store_.index().drop_damaged() && !store_.index().distrust(*copy)) throw base::Error(*first);
  }
}

ChunkReader::Frame& ChunkReader::outer_frame_of(const Index::Location& location) {
  unpacks_left_ = unpacks_limit;
  return frame_of(location, max_depth);
}

ByteView ChunkReader::read(const Hash& id) {
  return from_any_copy(id, any_depth, [&](const Index::Location& copy) { return read_copy(copy); });
}

ByteView ChunkReader::read_copy(const Index::Location& location) {
  const Hash& id = location.entry.id;
  Frame& frame = outer_frame_of(location);
  const ByteView chunk = slice(frame, location);
  if (frame.checked == id) return chunk;
  if (store_.seal().id_of(chunk) != id)
    fail_chunk(store_.pack_path(location.pack), id, "does not match its checksum");
  frame.checked = id;
  return chunk;
}

ByteView ChunkReader::read_base(const Hash& id) {
  return from_any_copy(id, any_depth, [&](const Index::Location& copy) {
    const Frame& frame = outer_frame_of(copy);
    return frame.header.codec == Codec::zstd ? slice(frame, copy) : read_copy(copy);
  });
}

ChunkReader::Origin ChunkReader::origin_of(const Hash& id) {
  return from_any_copy(id, any_depth, [&](const Index::Location& copy) {
    const FrameHeader& header = outer_frame_of(copy).header;
    return Origin{header.depth, header.bases};
  });
}

ByteView ChunkReader::base_part(const FrameBase& base, const Index::Location& needs_it, int below_depth) {
  const auto fail = [&](const std::string& problem) {
    fail_chunk(store_.pack_path(needs_it.pack), needs_it.entry.id,
               "needs chunk " + to_hex(base.id) + ", which " + problem);
  };
  if (!store_.locate(base.id, static_cast<unsigned>(below_depth))) fail("is in no pack");
  return from_any_copy(base.id, static_cast<unsigned>(below_depth), [&](const Index::Location& copy) {
    const ByteView chunk = slice(frame_of(copy, below_depth - 1), copy);
    if (base.at > chunk.size() || base.size > chunk.size() - base.at) fail("is shorter than that");
    return chunk.subspan(base.at, base.size);
  });
}

Bytes ChunkReader::prefix_of(const FrameHeader& header, const Index::Location& location) {
  Bytes prefix;
  for (const FrameBase& base : header.bases) {
    const ByteView bytes = base_part(base, location, header.depth);
    prefix.insert(prefix.end(), bytes.begin(), bytes.end());
  }
  return prefix;
}

Bytes ChunkReader::unpack(const FrameHeader& header, ByteView payload, const Index::Location& location,
                          int depth_left) {
  if (header.depth > depth_left) {
    fail_chunk(store_.pack_path(location.pack), location.entry.id, "has bases nested too deeply");
  }
  const Bytes prefix = prefix_of(header, location);
  Bytes opened;
  const auto plain = open_payload(header, payload, store_.seal(), opened);
  Bytes raw = std::move(spare_);
  raw.resize(header.raw_size);
  if (!plain || !decompressor_.unpack(header.codec, *plain, prefix, raw)) {
    fail_chunk(store_.pack_path(location.pack), location.entry.id, "cannot be unpacked");
  }
  return raw;
}

Bytes ChunkReader::unpack(const FrameHeader& header, ByteView payload) {
  const Index::Location nowhere{"(not stored)", entries_of(header, 0).front()};
  unpacks_left_ = unpacks_limit;
  return unpack(header, payload, nowhere, max_depth);
}

// depth_left, unpacks_left_: what hostile chains of bases have left.
ChunkReader::Frame& ChunkReader::frame_of(Index::Location location, int depth_left) {
  std::string key = location.pack + ":" + std::to_string(location.entry.frame_offset);
  const auto found = std::ranges::find(recent_, key, &Frame::key);
  if (found != recent_.end()) {
    recent_.splice(recent_.begin(), recent_, found);
    return recent_.front();
  }
  if (--unpacks_left_ < 0) {
    fail_chunk(store_.pack_path(location.pack), location.entry.id, "needs too many others to be unpacked");
  }
  Frame frame{std::move(key), {}, {}, {}};
  const Bytes bytes = store_.read_frame(location, frame.header);
  frame.raw =
      unpack(frame.header, ByteView(bytes).subspan(frame.header.header_bytes()), location, depth_left);
  recent_bytes_ += frame.raw.size();
  recent_.push_front(std::move(frame));
  while (recent_.size() > 1 && (recent_bytes_ > recent_limit_bytes || recent_.size() > recent_limit_frames)) {
    recent_bytes_ -= recent_.back().raw.size();
    spare_ = std::move(recent_.back().raw);
    recent_.pop_back();
  }
  return recent_.front();
}

}  // namespace deskloom::snapshot
