#pragma once

#include <atomic>
#include <deque>
#include <future>
#include <mutex>
#include <unordered_set>

#include "snapshot/chunk_store.hpp"
#include "snapshot/store.hpp"

namespace deskloom::snapshot {

// What all writers of one capture share. Safe for several threads.
class WriteSession {
 public:
  explicit WriteSession(ChunkStore& store) : store_(store) {}

  ChunkStore& store() { return store_; }
  // True when nobody has the chunk yet: then it is the caller's to write.
  bool claim(const Hash& id);
  void add_pack(std::unique_ptr<PackWriter> pack);  // finished
  // Finishes a full pack and adds it, behind the caller's back: the disk works while the next is filled. What
  // goes wrong is thrown by a later call, or by commit().
  void seal(std::unique_ptr<PackWriter> pack);
  void count(std::uint64_t chunks, std::uint64_t stored_bytes);
  // Chunks that were claimed may be missing: nothing may rest on this capture any more.
  void fail() { failed_ = true; }
  void check_usable() const;
  // The index of all packs; durable when it returns.
  void commit();

  std::uint64_t new_chunks() const { return new_chunks_; }
  std::uint64_t added_bytes() const { return added_bytes_; }

 private:
  void wait_until_sealed(std::size_t but);

  ChunkStore& store_;
  std::mutex mutex_;
  std::unordered_set<Hash, HashKey> claimed_;
  std::vector<std::unique_ptr<PackWriter>> packs_;
  std::atomic<std::uint64_t> new_chunks_ = 0;
  std::atomic<std::uint64_t> added_bytes_ = 0;
  std::atomic<bool> failed_ = false;
  std::mutex sealing_mutex_;
  std::deque<std::future<void>> sealing_;  // last: they work with the others
};

// What a chunk is part of: lists and tables are kept apart from data, since they are read many at a time.
enum class ChunkKind : std::uint8_t { data, list };

// Where one thread's new chunks go: a pack of its own.
class ChunkWriter {
 public:
  explicit ChunkWriter(WriteSession& session) : session_(session), reader_(session.store()) {}

  // bases: stored chunks that this one is likely to be alike to, in the order of their bytes.
  Hash put(ByteView raw, const std::vector<Hash>& bases = {}, ChunkKind kind = ChunkKind::data);
  // Pages of an image, as a chunk and frame of their own. bases: where the page before each one stands, with
  // their bytes; in frames without bases themselves. Or none.
  Hash put_pages(ByteView raw, std::vector<FrameBase> bases, ByteView base_bytes);
  // A frame as another store has it, checked by the caller: its chunks are what they are named, what it was
  // compressed against can be read here and stands less deep. Left out when all its chunks are there.
  void keep(const FrameHeader& header, ByteView payload);
  // Hands its packs to the session, durable.
  void finish();

  ChunkReader& reader() { return reader_; }

 private:
  // Chunks that are compressed together.
  struct Group {
    Bytes bytes;
    std::vector<FrameChunk> chunks;
  };

  template <typename Write>
  Hash put_new(ByteView raw, const Write& write);
  void write_pages(const Hash& id, ByteView raw, std::vector<FrameBase> bases, ByteView base_bytes);
  void add_to(Group& group, const Hash& id, ByteView raw);
  bool try_delta(const Hash& id, ByteView raw, std::vector<Hash> bases);
  void flush(Group& group);
  void append(FrameHeader header, ByteView raw, std::optional<ByteView> compressed);
  void append(const FrameHeader& header, ByteView payload);

  WriteSession& session_;
  ChunkReader reader_;
  Compressor compressor_;
  std::unique_ptr<PackWriter> pack_;
  Bytes sealed_;  // a payload
  Group data_, lists_;
};

}  // namespace deskloom::snapshot
