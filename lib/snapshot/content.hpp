#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/stream.hpp"
#include "snapshot/chunk_writer.hpp"
#include "snapshot/tree.hpp"

// What a file, a stream or a directory consists of. A long list of extents is itself stored as chunks, cut by
// content too, so that a small change in a large file costs little; depth says how many times over.
//
//   content = size:u64 depth:u8 count:u32 *extent
//   extent  = %x00 length:u64                      ; a hole: zeros that are not stored
//           / %x01 length:u32 id:32OCTET           ; a chunk
//           / %x02 length:u32 at:u32 id:32OCTET    ; a part of a chunk, from its octet `at` on
//
// With depth 0 the extents are the bytes themselves; with depth N they are the *extent of depth N - 1.
namespace deskloom::snapshot {

struct Extent {
  std::uint64_t length = 0;
  bool is_hole = false;
  bool is_part = false;
  std::uint32_t at = 0;  // parts only
  Hash id{};
  bool operator==(const Extent&) const = default;
};

struct Content {
  std::uint64_t size = 0;
  std::uint8_t depth = 0;
  std::vector<Extent> extents;
  bool operator==(const Content&) const = default;
};

void serialise(const Extent& extent, ByteWriter& out);
void serialise(const Content& content, ByteWriter& out);
Content parse_content(ByteReader& in);

// The extents of the bytes themselves. Throws Error(corrupt).
std::vector<Extent> load_extents(const Content& content, ChunkReader& chunks);
// The same, with the lists on the way: the first are the bytes' extents, the last the content's own.
std::vector<std::vector<Extent>> load_levels(const Content& content, ChunkReader& chunks);
// What of the bytes is no hole, in runs that are as long as they can be.
std::vector<DataRange> data_ranges(const std::vector<Extent>& extents);
// What an extent that is no hole stands for, until the next read; Error(corrupt) when its chunk is not as
// long as that.
ByteView read_chunk(const Extent& extent, ChunkReader& chunks);
// All of it in memory; Error(corrupt) when it is larger than limit.
Bytes read_content(const Content& content, ChunkReader& chunks, std::uint64_t limit_bytes);

// Where the chunks of an earlier version stand, so that a new chunk can be compressed against what it came
// from.
class Predecessor {
 public:
  explicit Predecessor(const std::vector<Extent>& extents);

  // The old chunks that probably held what is now at offset.
  std::vector<Hash> near(std::uint64_t offset, std::uint64_t size) const;
  // Tells what stands at offset now: where it stood before shows how far content has moved.
  void found(const Hash& id, std::uint64_t offset);

 private:
  struct Old {
    std::uint64_t offset = 0;
    std::uint64_t size = 0;
    Hash id;
  };
  std::vector<Old> chunks_;
  std::unordered_map<Hash, std::size_t, HashKey> by_id_;
  std::int64_t moved_ = 0;  // old offset less new offset
};

// Cuts bytes into chunks. Zero runs of at least min_hole_bytes at multiples of 4 KiB become holes.
class ContentWriter {
 public:
  explicit ContentWriter(ChunkWriter& chunks) : chunks_(chunks) {}

  // previous: an earlier version of what is written from now on, until finish(). One that cannot be read is
  // done without.
  void follow(const Content& previous);
  void write(ByteView bytes);
  void hole(std::uint64_t size);  // as if that many zeros were written
  std::uint64_t size() const { return size_; }
  Content finish();  // and ready for the next one
  // The same for bytes that were stored elsewhere, as these extents.
  Content finish_with(std::vector<Extent> extents);
  void discard();

 private:
  void take_block(ByteView block);
  void end_zero_run();
  void add_data(ByteView bytes);
  void cut_one();
  void reset();

  ChunkWriter& chunks_;
  ChunkKind kind_ =
      ChunkKind::data;  // what is being written: the bytes, or a list of what they were cut into
  std::uint64_t size_ = 0;
  std::uint64_t cut_ = 0;  // bytes that stand in extents_
  std::uint64_t zero_run_ = 0;
  Bytes block_;  // the start of a 4 KiB block
  Bytes data_;   // not cut yet from head_ on
  std::size_t head_ = 0;
  std::vector<Extent> extents_;
  std::vector<Predecessor> before_;  // of the bytes, then of the lists
};

// Reads it front to back.
class ContentSource : public base::ByteSource {
 public:
  ContentSource(const Content& content, ChunkStore& store)
      : chunks_(store), extents_(load_extents(content, chunks_)) {}
  std::size_t read(std::span<std::byte> buffer) override;

 private:
  ChunkReader chunks_;
  std::vector<Extent> extents_;
  std::size_t next_ = 0;
  ByteView chunk_;
  std::size_t chunk_used_ = 0;
  std::uint64_t hole_left_ = 0;
};

}  // namespace deskloom::snapshot
