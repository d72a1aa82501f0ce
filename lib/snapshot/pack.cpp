#include "snapshot/pack.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>

namespace deskloom::snapshot {
namespace {

constexpr std::string_view frame_magic = "DLF1";

std::size_t next_magic(ByteView pack, std::size_t from) {
  const std::size_t found = as_text(pack).find(frame_magic, from);
  return found == std::string_view::npos ? pack.size() : found;
}

Bytes read_pack(int fd, const std::string& name) {
  struct stat status {};
  if (::fstat(fd, &status) != 0) throw base::system_error("cannot read " + name);
  Bytes pack(std::min(static_cast<std::uint64_t>(status.st_size), pack_limit_bytes));
  pack.resize(base::pread_full(fd, pack.data(), pack.size(), 0, name));
  return pack;
}

Hash read_hash(ByteReader& in) {
  Hash id;
  std::ranges::copy(in.raw(id.bytes.size()), id.bytes.begin());
  return id;
}

Hash check_of(ByteView table, const FrameHeader& header, ByteView payload) {
  return header.bases.empty() && !header.sealed ? sha256(table) : sha256(table, payload);
}

bool is_sound(const FrameHeader& header) {
  if (header.codec > Codec::zstd_xor || header.depth > max_depth) return false;
  const std::uint64_t overhead = header.sealed ? seal_overhead_bytes : 0;
  if (header.raw_size > frame_limit_bytes || header.stored_size > header.raw_size + overhead) return false;
  if (header.chunks.empty() || (header.depth > 0) == header.bases.empty()) return false;
  if (header.depth > 0 && header.codec == Codec::raw) return false;
  std::uint64_t total = 0;
  for (const FrameChunk& chunk : header.chunks) {
    if (chunk.size > chunk_limit_bytes) return false;
    total += chunk.size;
  }
  std::uint64_t prefix = 0;
  for (const FrameBase& base : header.bases) prefix += base.size;
  if (header.codec == Codec::zstd_xor && prefix != header.raw_size) return false;
  return total == header.raw_size && prefix <= prefix_limit_bytes;
}

bool is_whole(const FrameHeader& header, ByteView payload, const Seal& seal, Decompressor& decompressor) {
  if (seal.is_locked()) return header.sealed;  // its check is all that can be looked at
  Bytes opened;
  const auto plain = open_payload(header, payload, seal, opened);
  if (!plain || header.depth > 0) return plain.has_value();
  Bytes raw(header.raw_size);
  if (!decompressor.unpack(header.codec, *plain, {}, raw)) return false;
  ByteView rest(raw);
  for (const FrameChunk& chunk : header.chunks) {
    if (seal.id_of(rest.first(chunk.size)) != chunk.id) return false;
    rest = rest.subspan(chunk.size);
  }
  return true;
}

// The check behind the header's table is of the payload as well.
bool covers_payload(const FrameHeader& header) { return !header.bases.empty() || header.sealed; }

// What stands behind the header's table against what is there.
bool holds(const FrameHeader& header, ByteView bytes) {
  const std::size_t table = header.header_bytes() - frame_check_bytes;
  const ByteView payload =
      covers_payload(header) ? bytes.subspan(header.header_bytes(), header.stored_size) : ByteView();
  const Hash check = check_of(bytes.first(table), header, payload);
  return std::ranges::equal(ByteView(check.bytes).first(frame_check_bytes),
                            bytes.subspan(table, frame_check_bytes));
}

ByteWriter encode_table(const FrameHeader& header) {
  ByteWriter out;
  out.raw(as_bytes(frame_magic)).integer(static_cast<std::uint8_t>(header.codec)).integer(header.depth);
  out.integer(static_cast<std::uint16_t>(header.chunks.size()));
  out.integer(static_cast<std::uint16_t>(header.bases.size())).integer(std::uint16_t{header.sealed});
  out.integer(header.raw_size).integer(header.stored_size);
  for (const FrameChunk& chunk : header.chunks) out.raw(chunk.id.bytes).integer(chunk.size);
  for (const FrameBase& base : header.bases) out.raw(base.id.bytes).integer(base.at).integer(base.size);
  return out;
}

}  // namespace

ByteView close_payload(FrameHeader& header, ByteView payload, const Seal& seal, Bytes& buffer) {
  if (!seal.is_encrypted()) return payload;
  header.sealed = true;
  header.stored_size = static_cast<std::uint32_t>(payload.size() + seal_overhead_bytes);
  buffer = seal.close(payload, encode_table(header).bytes());
  return buffer;
}

std::optional<ByteView> open_payload(const FrameHeader& header, ByteView payload, const Seal& seal,
                                     Bytes& buffer) {
  if (header.sealed != seal.is_encrypted()) return std::nullopt;
  if (!header.sealed) return payload;
  auto opened = seal.open(payload, encode_table(header).bytes());
  if (!opened) return std::nullopt;
  buffer = std::move(*opened);
  return buffer;
}

Bytes encode_frame_header(const FrameHeader& header, ByteView payload) {
  ByteWriter out = encode_table(header);
  const Hash check = check_of(out.bytes(), header, payload);
  out.raw(ByteView(check.bytes).first(frame_check_bytes));
  return out.bytes();
}

std::optional<FrameHeader> decode_frame_header(ByteView bytes) {
  if (bytes.size() < frame_fixed_bytes || !as_text(bytes).starts_with(frame_magic)) return std::nullopt;
  ByteReader in(bytes.subspan(frame_magic.size()), "frame");
  FrameHeader header;
  header.codec = static_cast<Codec>(in.integer<std::uint8_t>());
  header.depth = in.integer<std::uint8_t>();
  const std::size_t chunks = in.integer<std::uint16_t>();
  const std::size_t bases = in.integer<std::uint16_t>();
  const auto sealed = in.integer<std::uint16_t>();
  if (sealed > 1) return std::nullopt;
  header.sealed = sealed == 1;
  header.raw_size = in.integer<std::uint32_t>();
  header.stored_size = in.integer<std::uint32_t>();
  if (chunks > frame_chunks_limit || bases > frame_bases_limit) return std::nullopt;
  const std::size_t table = chunks * chunk_entry_bytes + bases * base_entry_bytes;
  if (in.left() < table + frame_check_bytes) return std::nullopt;
  for (std::size_t i = 0; i < chunks; ++i) {
    const Hash id = read_hash(in);
    header.chunks.push_back({id, in.integer<std::uint32_t>()});
  }
  for (std::size_t i = 0; i < bases; ++i) {
    const Hash id = read_hash(in);
    const auto at = in.integer<std::uint32_t>();
    header.bases.push_back({id, at, in.integer<std::uint32_t>()});
  }
  if (!is_sound(header)) return std::nullopt;
  return covers_payload(header) || holds(header, bytes) ? std::optional(std::move(header)) : std::nullopt;
}

std::optional<FrameHeader> decode_frame(ByteView bytes) {
  auto header = decode_frame_header(bytes);
  if (!header || header->frame_bytes() > bytes.size()) return std::nullopt;
  return !covers_payload(*header) || holds(*header, bytes) ? header : std::nullopt;  // else it was looked at
}

namespace {

constexpr std::size_t usual_header_bytes = 4096;
constexpr std::size_t header_limit_bytes = frame_fixed_bytes + frame_chunks_limit * chunk_entry_bytes +
                                           frame_bases_limit * base_entry_bytes + frame_check_bytes;

// With bases, all of the frame is looked at.
std::optional<FrameHeader> read_header(int fd, std::uint64_t offset, const std::string& name) {
  Bytes bytes(usual_header_bytes);
  const auto read = [&] { bytes.resize(base::pread_full(fd, bytes.data(), bytes.size(), offset, name)); };
  read();
  auto header = decode_frame_header(bytes);
  if (!header && bytes.size() == usual_header_bytes) {
    bytes.resize(header_limit_bytes);
    read();
    header = decode_frame_header(bytes);
  }
  if (!header || header->bases.empty()) return header;
  bytes.resize(header->frame_bytes());
  read();
  return decode_frame(bytes);
}

// Going on behind damage.
std::map<std::uint32_t, FrameHeader> scan_deltas(int fd, const std::string& name, const Seal& seal) {
  const PackScan scan = scan_pack(fd, name, seal);
  std::map<std::uint32_t, FrameHeader> deltas;
  for (const PackEntry& entry : scan.entries) {
    const auto bases = scan.bases.find(entry.frame_offset);
    if (bases == scan.bases.end()) continue;
    FrameHeader& header = deltas[entry.frame_offset];
    header.depth = entry.depth;
    header.bases = bases->second;
  }
  return deltas;
}

}  // namespace

std::map<std::uint32_t, FrameHeader> delta_frames(int fd, const std::string& name, const Seal& seal) {
  struct stat status {};
  if (::fstat(fd, &status) != 0) throw base::system_error("cannot read " + name);
  const auto end = static_cast<std::uint64_t>(status.st_size);
  std::map<std::uint32_t, FrameHeader> deltas;
  for (std::uint64_t at = pack_header_bytes; at < end;) {
    auto header = read_header(fd, at, name);
    if (!header) return scan_deltas(fd, name, seal);
    const auto offset = static_cast<std::uint32_t>(at);
    at += header->frame_bytes();
    if (!header->bases.empty()) deltas.emplace(offset, std::move(*header));
  }
  return deltas;
}

std::vector<PackEntry> entries_of(const FrameHeader& header, std::uint32_t frame_offset) {
  std::vector<PackEntry> entries;
  std::uint32_t at = 0;
  for (const FrameChunk& chunk : header.chunks) {
    entries.push_back({chunk.id, frame_offset, static_cast<std::uint32_t>(header.frame_bytes()), at,
                       chunk.size, header.depth});
    at += chunk.size;
  }
  return entries;
}

PackScan scan_pack(int fd, const std::string& name, const Seal& seal) {
  const Bytes bytes = read_pack(fd, name);
  const ByteView pack(bytes);
  PackScan scan;
  scan.size_bytes = pack.size();
  if (pack.size() < pack_header_bytes) return scan;
  Decompressor decompressor;
  std::size_t at = pack_header_bytes;
  scan.good_bytes = at;
  while (at < pack.size()) {
    const auto header = decode_frame(pack.subspan(at));
    if (!header) {
      ++scan.damaged;
      at = next_magic(pack, at + 1);
      continue;
    }
    const ByteView payload = pack.subspan(at + header->header_bytes(), header->stored_size);
    if (is_whole(*header, payload, seal, decompressor)) {
      for (const PackEntry& entry : entries_of(*header, static_cast<std::uint32_t>(at)))
        scan.entries.push_back(entry);
      if (header->depth > 0) scan.bases[static_cast<std::uint32_t>(at)] = header->bases;
    } else {
      ++scan.damaged;
    }
    at += header->frame_bytes();
    if (scan.damaged == 0) scan.good_bytes = at;
  }
  return scan;
}

}  // namespace deskloom::snapshot
