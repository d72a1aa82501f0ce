#include "snapshot/chunk_store.hpp"

#include <fcntl.h>

#include <algorithm>

namespace deskloom::snapshot {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t open_pack_limit = 64;

[[noreturn]] void fail_chunk(const fs::path& pack, const Hash& id, const std::string& problem) {
  throw base::Error(base::ErrorKind::corrupt, pack.string() + ": chunk " + to_hex(id) + " " + problem,
                    "run deskloom snapshot verify --full to see which snapshots need it");
}

}  // namespace

PackIndex scan_index(const fs::path& pack) {
  const auto fd = base::open_file(pack, O_RDONLY);
  PackScan scan = scan_pack(fd.get(), pack.string());
  return {fs::file_size(pack), std::move(scan.entries)};
}

ChunkStore::ChunkStore(const fs::path& directory) : directory_(directory) { refresh(); }

std::vector<std::string> ChunkStore::pack_ids() const {
  std::vector<std::string> ids;
  for (const std::string& name : base::list_directory(packs_directory())) {
    if (name.ends_with(".pack")) ids.push_back(fs::path(name).stem());
  }
  return ids;
}

void ChunkStore::refresh() {
  for (const std::string& id : pack_ids()) {
    if (index_.knows_pack(id)) continue;
    auto index = read_index(index_path(id));
    if (!index) {
      without_index_.push_back(id);
      index = scan_index(pack_path(id));
    }
    index_.add(id, index->entries);
  }
}

void ChunkStore::repair() {
  adopt_unfinished_packs(packs_directory());
  refresh();
  for (const std::string& id : without_index_) {
    // The pack's name must be as durable as the index that leads to it.
    base::fsync_directory(packs_directory());
    write_index(index_path(id), scan_index(pack_path(id)));
  }
  without_index_.clear();
}

std::optional<Index::Location> ChunkStore::locate(const Hash& id) {
  const Index::Location* location = index_.find(id);
  if (location == nullptr) {
    refresh();
    location = index_.find(id);
  }
  return location == nullptr ? std::nullopt : std::optional(*location);
}

std::string ChunkStore::pack_of(const Hash& id) const {
  const Index::Location* location = index_.find(id);
  return location == nullptr ? std::string{} : index_.pack_id(location->pack);
}

int ChunkStore::pack_fd(const std::string& id) {
  const auto found = open_packs_.find(id);
  if (found != open_packs_.end()) return found->second.get();
  if (open_packs_.size() >= open_pack_limit) open_packs_.clear();
  return open_packs_.emplace(id, base::open_file(pack_path(id), O_RDONLY)).first->second.get();
}

Bytes ChunkStore::read(const Hash& id) {
  const auto location = locate(id);
  if (!location) fail_chunk(packs_directory(), id, "is in no pack");
  const std::string& pack_id = index_.pack_id(location->pack);
  const fs::path path = pack_path(pack_id);
  const PackEntry& entry = location->entry;
  if (entry.stored_size > chunk_limit_bytes) fail_chunk(path, id, "has an impossible size in the index");
  Bytes record(record_header_bytes + entry.stored_size);
  if (base::pread_full(pack_fd(pack_id), record.data(), record.size(), entry.offset, path.string()) !=
      record.size()) {
    fail_chunk(path, id, "is cut off");
  }
  const auto header = decode_record_header(record);
  if (!header || header->id != id || header->stored_size != entry.stored_size) {
    fail_chunk(path, id, "is not where the index has it");
  }
  auto raw = decode_payload(*header, ByteView(record).subspan(record_header_bytes), decompressor_);
  if (!raw) fail_chunk(path, id, "does not match its checksum");
  return std::move(*raw);
}

void ChunkWriter::check_usable() const {
  if (!failed_) return;
  throw base::Error(base::ErrorKind::failed, "the capture cannot go on: writing to the store failed before");
}

Hash ChunkWriter::put(ByteView raw) {
  const Hash id = sha256(raw);
  if (store_.contains(id) || pending_.contains(id)) return id;
  check_usable();
  failed_ = true;  // until all of it went well
  if (!pack_) pack_ = std::make_unique<PackWriter>(store_.packs_directory());
  const PackEntry entry = pack_->append(id, raw);
  pending_.insert(id);
  ++stats_.new_chunks;
  stats_.added_bytes += record_header_bytes + entry.stored_size;
  if (pack_->size() >= pack_target_bytes) finish_pack();
  failed_ = false;
  return id;
}

void ChunkWriter::finish() {
  check_usable();
  failed_ = true;
  if (pack_) finish_pack();
  failed_ = false;
}

// The index comes after the pack is durable under its name: an index never leads to what a crash may take.
void ChunkWriter::finish_pack() {
  const std::uint64_t size = pack_->size();
  const std::string id = pack_->finish();
  write_index(store_.index_path(id), {size, pack_->entries()});
  store_.add(id, pack_->entries());
  pack_.reset();
  pending_.clear();
}

}  // namespace deskloom::snapshot
