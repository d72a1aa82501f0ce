#include "snapshot/chunk_writer.hpp"

#include <algorithm>

namespace deskloom::snapshot {
namespace {

// Large enough for zstd to find what is alike in small files, small enough to read one of them.
constexpr std::size_t group_target_bytes = 512 << 10;
// Chunks that are larger on average come from large files.
constexpr std::size_t small_chunk_bytes = 32 << 10;
// Packs that are on their way to the disk while the next are filled.
constexpr std::size_t sealing_limit = 4;
// A delta must pay for being slower to read and for keeping its bases alive.
constexpr std::size_t delta_divisor = 4;

}  // namespace

bool WriteSession::claim(const Hash& id) {
  if (store_.contains(id)) return false;
  const std::lock_guard guard(mutex_);
  return claimed_.insert(id).second;
}

void WriteSession::add_pack(std::unique_ptr<PackWriter> pack) {
  const std::lock_guard guard(mutex_);
  packs_.push_back(std::move(pack));
}

void WriteSession::seal(std::unique_ptr<PackWriter> pack) {
  const std::lock_guard guard(sealing_mutex_);
  wait_until_sealed(sealing_limit - 1);
  sealing_.push_back(std::async(std::launch::async, [this, pack = std::move(pack)]() mutable {
    pack->finish();
    add_pack(std::move(pack));
  }));
}

void WriteSession::wait_until_sealed(std::size_t but) {
  while (sealing_.size() > but) {
    auto oldest = std::move(sealing_.front());
    sealing_.pop_front();
    oldest.get();
  }
}

void WriteSession::count(std::uint64_t chunks, std::uint64_t stored_bytes) {
  new_chunks_ += chunks;
  added_bytes_ += stored_bytes;
}

void WriteSession::check_usable() const {
  if (!failed_) return;
  throw base::Error(base::ErrorKind::failed, "the capture cannot go on: writing to the store failed before");
}

// The index comes after the packs are durable under their names: it never leads to what a crash may take.
void WriteSession::commit() {
  check_usable();
  try {
    wait_until_sealed(0);
  } catch (...) {
    fail();
    throw;
  }
  IndexContent content;
  for (const auto& pack : packs_) content.add({pack->id(), pack->size()}, pack->entries());
  store_.index().add(std::move(content));
  for (const auto& pack : packs_) pack->release();
  packs_.clear();
  claimed_.clear();
}

Hash ChunkWriter::put(ByteView raw, const std::vector<Hash>& bases, ChunkKind kind) {
  return put_new(raw, [&](const Hash& id) {
    if (bases.empty() || !try_delta(id, raw, bases))
      add_to(kind == ChunkKind::data ? data_ : lists_, id, raw);
  });
}

Hash ChunkWriter::put_pages(ByteView raw, std::vector<FrameBase> bases, ByteView base_bytes) {
  return put_new(raw, [&](const Hash& id) { write_pages(id, raw, std::move(bases), base_bytes); });
}

template <typename Write>
Hash ChunkWriter::put_new(ByteView raw, const Write& write) {
  const Hash id = session_.store().seal().id_of(raw);
  if (!session_.claim(id)) return id;
  session_.check_usable();
  try {
    write(id);
  } catch (...) {
    session_.fail();
    throw;
  }
  return id;
}

void ChunkWriter::add_to(Group& group, const Hash& id, ByteView raw) {
  if (group.bytes.size() + raw.size() > group_target_bytes) flush(group);
  group.bytes.insert(group.bytes.end(), raw.begin(), raw.end());
  group.chunks.push_back({id, static_cast<std::uint32_t>(raw.size())});
  if (group.bytes.size() >= group_target_bytes || group.chunks.size() == frame_chunks_limit) flush(group);
}

void ChunkWriter::keep(const FrameHeader& header, ByteView payload) {
  bool is_new = false;
  for (const FrameChunk& chunk : header.chunks) is_new = session_.claim(chunk.id) || is_new;
  if (!is_new) return;
  session_.check_usable();
  try {
    append(header, payload);
  } catch (...) {
    session_.fail();
    throw;
  }
}

bool ChunkWriter::try_delta(const Hash& id, ByteView raw, std::vector<Hash> bases) {
  FrameHeader header;
  header.chunks = {{id, static_cast<std::uint32_t>(raw.size())}};
  Bytes prefix;
  try {
    for (Hash base : bases) {
      ChunkReader::Origin origin = reader_.origin_of(base);
      // At the end of a chain: against what the base itself was compressed against.
      if (origin.depth == max_depth) {
        base = origin.bases.front().id;
        origin = reader_.origin_of(base);
      }
      const ByteView bytes = reader_.read(base);
      if (header.bases.size() == frame_bases_limit || prefix.size() + bytes.size() > prefix_limit_bytes)
        break;
      prefix.insert(prefix.end(), bytes.begin(), bytes.end());
      header.bases.push_back({base, 0, static_cast<std::uint32_t>(bytes.size())});
      header.depth = std::max<std::uint8_t>(header.depth, static_cast<std::uint8_t>(origin.depth + 1));
    }
  } catch (const base::Error& error) {
    // A damaged base is no reason not to capture.
    if (error.kind() != base::ErrorKind::corrupt) throw;
    return false;
  }
  const auto compressed = compressor_.compress(raw, prefix, raw.size() / delta_divisor);
  if (!compressed) return false;
  append(std::move(header), raw, compressed);
  return true;
}

void ChunkWriter::write_pages(const Hash& id, ByteView raw, std::vector<FrameBase> bases,
                              ByteView base_bytes) {
  FrameHeader header;
  header.chunks = {{id, static_cast<std::uint32_t>(raw.size())}};
  if (!bases.empty()) {
    Bytes difference(raw.begin(), raw.end());
    xor_with(difference, base_bytes);
    if (const auto compressed = compressor_.compress(difference, {}, raw.size() / 2, Effort::fast)) {
      header.bases = std::move(bases);
      header.depth = 1;
      header.codec = Codec::zstd_xor;
      return append(std::move(header), raw, compressed);
    }
  }
  append(std::move(header), raw, compressor_.compress(raw, {}, raw.size() - raw.size() / 64, Effort::fast));
}

void ChunkWriter::flush(Group& group) {
  if (group.chunks.empty()) return;
  const ByteView raw = group.bytes;
  const auto effort = raw.size() < small_chunk_bytes * group.chunks.size() ? Effort::usual : Effort::brisk;
  FrameHeader header;
  header.chunks = std::move(group.chunks);
  append(std::move(header), raw, compressor_.compress(raw, {}, raw.size() - raw.size() / 64, effort));
  group.bytes.clear();
  group.chunks.clear();
}

void ChunkWriter::append(FrameHeader header, ByteView raw, std::optional<ByteView> compressed) {
  const ByteView payload = compressed.value_or(raw);
  if (compressed && header.codec == Codec::raw) header.codec = Codec::zstd;
  header.raw_size = static_cast<std::uint32_t>(raw.size());
  header.stored_size = static_cast<std::uint32_t>(payload.size());
  const ByteView stored = close_payload(header, payload, session_.store().seal(), sealed_);
  append(header, stored);
}

void ChunkWriter::append(const FrameHeader& header, ByteView payload) {
  if (!pack_) {
    pack_ = std::make_unique<PackWriter>(session_.store().incoming_directory(),
                                         session_.store().packs_directory());
  }
  pack_->append(header, payload);
  session_.count(header.chunks.size(), header.frame_bytes());
  if (pack_->size() < pack_target_bytes) return;
  session_.seal(std::move(pack_));
}

void ChunkWriter::finish() {
  session_.check_usable();
  try {
    flush(data_);
    flush(lists_);
    if (!pack_) return;
    pack_->finish();
    session_.add_pack(std::move(pack_));
  } catch (...) {
    session_.fail();
    throw;
  }
}

}  // namespace deskloom::snapshot
