#include "snapshot/pack.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>

namespace deskloom::snapshot {
namespace {

constexpr std::string_view record_magic = "DLR1";

std::size_t next_magic(ByteView pack, std::size_t from) {
  const std::size_t found = as_text(pack).find(record_magic, from);
  return found == std::string_view::npos ? pack.size() : found;
}

Bytes read_pack(int fd, const std::string& name) {
  struct stat status {};
  if (::fstat(fd, &status) != 0) throw base::system_error("cannot read " + name);
  Bytes pack(std::min(static_cast<std::uint64_t>(status.st_size), pack_limit_bytes));
  pack.resize(base::pread_full(fd, pack.data(), pack.size(), 0, name));
  return pack;
}

}  // namespace

Bytes encode_record_header(const RecordHeader& header) {
  ByteWriter out;
  out.raw(as_bytes(record_magic)).integer(static_cast<std::uint32_t>(header.codec));
  out.integer(header.raw_size).integer(header.stored_size).raw(header.id.bytes);
  const Hash check = sha256(out.bytes());
  out.raw(ByteView(check.bytes).first(4));
  return out.bytes();
}

std::optional<RecordHeader> decode_record_header(ByteView bytes) {
  if (bytes.size() < record_header_bytes || as_text(bytes.first(4)) != record_magic) return std::nullopt;
  const Hash check = sha256(bytes.first(record_header_bytes - 4));
  if (!std::ranges::equal(ByteView(check.bytes).first(4), bytes.subspan(record_header_bytes - 4, 4))) {
    return std::nullopt;
  }
  ByteReader in(bytes.subspan(4), "record");
  RecordHeader header;
  header.codec = static_cast<Codec>(in.integer<std::uint32_t>());
  header.raw_size = in.integer<std::uint32_t>();
  header.stored_size = in.integer<std::uint32_t>();
  std::ranges::copy(in.raw(header.id.bytes.size()), header.id.bytes.begin());
  if (header.raw_size > chunk_limit_bytes || header.stored_size > header.raw_size) return std::nullopt;
  return header;
}

std::optional<Bytes> decode_payload(const RecordHeader& header, ByteView payload,
                                    Decompressor& decompressor) {
  Bytes raw(header.raw_size);
  if (header.codec == Codec::zstd) {
    if (!decompressor.decompress(payload, raw)) return std::nullopt;
  } else if (header.codec == Codec::raw && payload.size() == raw.size()) {
    std::ranges::copy(payload, raw.begin());
  } else {
    return std::nullopt;
  }
  if (sha256(raw) != header.id) return std::nullopt;
  return raw;
}

PackScan scan_pack(int fd, const std::string& name) {
  const Bytes bytes = read_pack(fd, name);
  const ByteView pack(bytes);
  PackScan scan;
  if (pack.size() < pack_header_bytes) return scan;
  Decompressor decompressor;
  std::size_t at = pack_header_bytes;
  scan.good_bytes = at;
  while (at < pack.size()) {
    const auto header = decode_record_header(pack.subspan(at));
    const std::size_t payload = at + record_header_bytes;
    if (!header || header->stored_size > pack.size() - payload) {
      ++scan.damaged;
      at = next_magic(pack, at + 1);
      continue;
    }
    if (decode_payload(*header, pack.subspan(payload, header->stored_size), decompressor)) {
      scan.entries.push_back(
          {header->id, static_cast<std::uint32_t>(at), header->stored_size, header->raw_size});
    } else {
      ++scan.damaged;
    }
    at = payload + header->stored_size;
    if (scan.damaged == 0) scan.good_bytes = at;
  }
  return scan;
}

}  // namespace deskloom::snapshot
