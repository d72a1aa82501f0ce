#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/fd.hpp"
#include "snapshot/codec.hpp"
#include "snapshot/hash.hpp"
#include "snapshot/seal.hpp"

// A pack holds many chunks, so that the store has few files. It describes itself: an index can be made from
// it. Chunks stand in frames: several small or neighbouring ones are compressed together, and a changed one
// is compressed against the chunks that it came from. All integers are little-endian.
//
//   pack    = %s"DLPACK" version:u16 *frame
//   frame   = %s"DLF1" codec:u8 depth:u8 chunks:u16 bases:u16 sealed:u16 raw-size:u32 stored-size:u32
//             *chunk *base check:4OCTET payload
//   chunk   = id:32OCTET size:u32             ; in the order of the raw bytes; the sizes add up to raw-size
//   base    = id:32OCTET at:u32 size:u32    ; a part of a chunk
//   codec   = 0 (payload is the raw bytes) / 1 (payload is one zstd frame of them)
//           / 2 (payload is one zstd frame of the raw bytes XOR the bases', which are as many)
//   depth   = 0 without bases, else one more than the deepest base's, at most max_depth
//   sealed  = 0 / 1 (the store is encrypted: payload is nonce:12OCTET *OCTET tag:16OCTET, AES-256-GCM bound
//             to the frame before its check)
//   id      = SHA-256 of the chunk, or HMAC-SHA-256 where sealed (seal.hpp)
//   check   = the first 4 octets of the SHA-256 of the frame before it and, with bases or sealed, of the
//             payload: a frame that cannot be unpacked by itself, or without the key, must show all the same
//             whether it is whole
//   payload = stored-size octets; with bases and codec 1, zstd has their bytes, one after the other, as its
//   prefix.
//             zstd frames carry zstd's own checksum
//
// A pack is written in incoming/ as ID.tmp, its writer holding an flock(2) on it; packs/ID.pack is whole and
// durable. A .tmp without a lock was left by a killed writer: its leading good frames are kept.
namespace deskloom::snapshot {

inline constexpr std::uint16_t pack_version = 2;
inline constexpr std::size_t pack_header_bytes = 8;
inline constexpr std::size_t frame_fixed_bytes = 20;
inline constexpr std::size_t chunk_entry_bytes = 36;
inline constexpr std::size_t base_entry_bytes = 40;
inline constexpr std::size_t frame_check_bytes = 4;
inline constexpr std::uint32_t chunk_limit_bytes = 1 << 20;  // no reader accepts a larger chunk
inline constexpr std::uint32_t frame_limit_bytes = 2 << 20;  // or a larger frame, before compression
inline constexpr std::size_t frame_chunks_limit = 4096;
inline constexpr std::size_t frame_bases_limit = 256;
inline constexpr std::size_t prefix_limit_bytes = 1 << 20;  // all bases of a frame together
inline constexpr std::uint8_t max_depth = 4;  // how many frames a chunk can need to be read, less one
inline constexpr unsigned any_depth = max_depth + 1U;  // less deep than that are all
inline constexpr std::uint64_t pack_target_bytes = 64 << 20;
inline constexpr std::uint64_t pack_limit_bytes = 256 << 20;

struct FrameChunk {
  Hash id;
  std::uint32_t size = 0;
};

// What a frame was compressed against.
struct FrameBase {
  Hash id;
  std::uint32_t at = 0;
  std::uint32_t size = 0;
};

struct FrameHeader {
  Codec codec = Codec::raw;
  std::uint8_t depth = 0;
  bool sealed = false;
  std::uint32_t raw_size = 0;
  std::uint32_t stored_size = 0;
  std::vector<FrameChunk> chunks;
  std::vector<FrameBase> bases;

  std::size_t header_bytes() const {
    return frame_fixed_bytes + chunks.size() * chunk_entry_bytes + bases.size() * base_entry_bytes +
           frame_check_bytes;
  }
  std::size_t frame_bytes() const { return header_bytes() + stored_size; }
};

// Where a chunk stands in its pack.
struct PackEntry {
  Hash id;
  std::uint32_t frame_offset = 0;  // of the frame's header
  std::uint32_t frame_bytes = 0;   // all of it
  std::uint32_t at = 0;            // in the frame's raw bytes
  std::uint32_t size = 0;
  std::uint8_t depth = 0;  // the frame's
};

Bytes encode_frame_header(const FrameHeader& header, ByteView payload);
// What is to be stored of a payload: itself, or, where the store is encrypted, what is put into buffer;
// header, which is complete else, is told.
ByteView close_payload(FrameHeader& header, ByteView payload, const Seal& seal, Bytes& buffer);
// The other way. nullopt when it was changed, or is not sealed as the store is.
std::optional<ByteView> open_payload(const FrameHeader& header, ByteView payload, const Seal& seal,
                                     Bytes& buffer);
// bytes: from the frame's first on, as many as there are. nullopt when it is not a whole frame or breaks the
// limits. The payload of a frame that has no bases and is not sealed is not looked at.
std::optional<FrameHeader> decode_frame(ByteView bytes);
// Of what is behind the header only its size: the payload need not be there, and where there are bases, or it
// is sealed, nobody has looked whether the header is as it was written.
std::optional<FrameHeader> decode_frame_header(ByteView bytes);
// Where the frame's chunks stand, for an index.
std::vector<PackEntry> entries_of(const FrameHeader& header, std::uint32_t frame_offset);

struct PackScan {
  std::vector<PackEntry> entries;                         // of frames whose headers are sound
  std::map<std::uint32_t, std::vector<FrameBase>> bases;  // of those that have some, by the frame's offset
  std::uint64_t size_bytes = 0;                           // of the pack
  std::uint64_t good_bytes = 0;                           // its length up to the first damage
  std::uint64_t damaged = 0;                              // places passed over
};
// Finds every frame, going on behind damage. Chunks of frames without bases are checked; those of the others
// cannot be, since their bases may be in other packs, nor can any when seal is locked. name is for messages.
PackScan scan_pack(int fd, const std::string& name, const Seal& seal);

// The headers of the frames that have bases, by offset. Of the others only the headers are read.
std::map<std::uint32_t, FrameHeader> delta_frames(int fd, const std::string& name, const Seal& seal);

// Writes one pack. Unless finished it stays for the next writer of the store to take over.
class PackWriter {
 public:
  // incoming, packs: the store's directories.
  PackWriter(const std::filesystem::path& incoming, const std::filesystem::path& packs);

  void append(const FrameHeader& header, ByteView payload);
  std::uint64_t size() const { return size_; }
  const std::string& id() const { return id_; }
  const std::vector<PackEntry>& entries() const { return entries_; }
  // Durable under its final name when it returns. The name in incoming/ stays until release(), so that a kill
  // before the index is written leaves a trace.
  void finish();
  void release();

 private:
  void flush();

  std::filesystem::path packs_;
  std::string id_;
  std::filesystem::path path_;
  base::UniqueFd fd_;
  std::string buffer_;
  std::uint64_t size_ = 0;
  std::vector<PackEntry> entries_;
};

// Takes over packs of dead writers, cut behind their last good frame, under their final names; their ids.
// Their traces stay until release_adopted.
std::vector<std::string> adopt_unfinished_packs(const std::filesystem::path& incoming,
                                                const std::filesystem::path& packs, const Seal& seal);
void release_adopted(const std::filesystem::path& incoming, const std::vector<std::string>& ids);

}  // namespace deskloom::snapshot
