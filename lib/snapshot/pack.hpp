#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/fd.hpp"
#include "snapshot/codec.hpp"
#include "snapshot/hash.hpp"

// A pack holds many chunks, so that the store has few files. It describes itself: an index can be made from
// it. All integers are little-endian.
//
//   pack    = %s"DLPACK" version:u16 *record
//   record  = %s"DLR1" codec:u32 raw-size:u32 stored-size:u32 id:32OCTET check:4OCTET payload
//   codec   = 0 (payload is the chunk) / 1 (payload is one zstd frame of the chunk)
//   id      = SHA-256 of the chunk
//   check   = the first 4 octets of the SHA-256 of the 48 before them
//   payload = stored-size octets
//
// While it is written a pack is called ID.tmp and its writer holds an flock(2) on it; ID.pack is whole and
// durable. A .tmp without a lock was left by a killed writer: its leading good records are kept.
namespace deskloom::snapshot {

inline constexpr std::uint16_t pack_version = 1;
inline constexpr std::size_t pack_header_bytes = 8;
inline constexpr std::size_t record_header_bytes = 52;
inline constexpr std::uint32_t chunk_limit_bytes = 1 << 20;  // no reader accepts a larger chunk
inline constexpr std::uint64_t pack_target_bytes = 32 << 20;
inline constexpr std::uint64_t pack_limit_bytes = 256 << 20;

struct RecordHeader {
  Codec codec = Codec::raw;
  std::uint32_t raw_size = 0;
  std::uint32_t stored_size = 0;
  Hash id;
};

// Where a chunk stands in its pack. offset is its record header's.
struct PackEntry {
  Hash id;
  std::uint32_t offset = 0;
  std::uint32_t stored_size = 0;
  std::uint32_t raw_size = 0;
};

Bytes encode_record_header(const RecordHeader& header);
// nullopt when it is not a record header or has sizes past the limits.
std::optional<RecordHeader> decode_record_header(ByteView bytes);
// The chunk of a record, or nullopt when payload does not give the id back.
std::optional<Bytes> decode_payload(const RecordHeader& header, ByteView payload, Decompressor& decompressor);

struct PackScan {
  std::vector<PackEntry> entries;  // records whose content was checked
  std::uint64_t good_bytes = 0;    // the length of the pack up to the first damage
  std::uint64_t damaged = 0;       // places passed over
};
// Reads and checks every record, going on behind damage. name is for messages.
PackScan scan_pack(int fd, const std::string& name);

// Writes one pack. Unless finished it stays for the next writer of the store to take over.
class PackWriter {
 public:
  explicit PackWriter(const std::filesystem::path& directory);

  PackEntry append(const Hash& id, ByteView raw);
  std::uint64_t size() const { return size_; }
  const std::vector<PackEntry>& entries() const { return entries_; }
  // Durable under its final name when it returns; the pack's id.
  std::string finish();

 private:
  void flush();

  std::filesystem::path directory_;
  std::string id_;
  std::filesystem::path path_;
  base::UniqueFd fd_;
  Compressor compressor_;
  std::string buffer_;
  std::uint64_t size_ = 0;
  std::vector<PackEntry> entries_;
};

// Gives unfinished packs of dead writers their final name, cut behind their last good record.
void adopt_unfinished_packs(const std::filesystem::path& directory);

}  // namespace deskloom::snapshot
