#include "snapshot/content.hpp"

#include <algorithm>
#include <limits>

namespace deskloom::snapshot {
namespace {

constexpr std::uint8_t max_list_depth = 4;
constexpr std::size_t extent_bytes_at_least = 9;
constexpr std::uint64_t list_limit_bytes = 1 << 30;

Extent parse_extent(ByteReader& in) {
  Extent extent;
  const auto kind = in.integer<std::uint8_t>();
  if (kind > 2) in.fail("unknown kind of extent");
  extent.is_hole = kind == 0;
  extent.is_part = kind == 2;
  if (extent.is_hole) {
    extent.length = in.integer<std::uint64_t>();
  } else {
    extent.length = in.integer<std::uint32_t>();
    if (extent.is_part) extent.at = in.integer<std::uint32_t>();
    std::ranges::copy(in.raw(extent.id.bytes.size()), extent.id.bytes.begin());
    if (extent.length > chunk_limit_bytes) in.fail("an extent is longer than a chunk can be");
  }
  if (extent.length == 0) in.fail("an extent is empty");
  return extent;
}

std::uint64_t total_length(const std::vector<Extent>& extents) {
  std::uint64_t total = 0;
  for (const Extent& extent : extents) {
    if (extent.length > std::numeric_limits<std::uint64_t>::max() - total) {
      throw base::Error(base::ErrorKind::corrupt, "the lengths of a content's extents overflow");
    }
    total += extent.length;
  }
  return total;
}

Bytes read_extents(const std::vector<Extent>& extents, ChunkReader& chunks, std::uint64_t limit_bytes) {
  const std::uint64_t total = total_length(extents);
  if (total > limit_bytes) {
    throw base::Error(
        base::ErrorKind::corrupt,
        "stored content is larger than " + std::to_string(limit_bytes) + " bytes where it cannot be");
  }
  Bytes bytes;
  bytes.reserve(total);
  for (const Extent& extent : extents) {
    if (extent.is_hole) {
      bytes.resize(bytes.size() + extent.length);
    } else {
      const ByteView chunk = read_chunk(extent, chunks);
      bytes.insert(bytes.end(), chunk.begin(), chunk.end());
    }
  }
  return bytes;
}

}  // namespace

ByteView read_chunk(const Extent& extent, ChunkReader& chunks) {
  const ByteView chunk = chunks.read(extent.id);
  const std::uint64_t end = extent.at + extent.length;
  if (extent.is_part ? end > chunk.size() : end != chunk.size()) {
    throw base::Error(base::ErrorKind::corrupt,
                      "chunk " + to_hex(extent.id) + " is not as long as the list that names it says");
  }
  return chunk.subspan(extent.at, extent.length);
}

void serialise(const Extent& extent, ByteWriter& out) {
  if (extent.is_hole) {
    out.integer(std::uint8_t{0}).integer(extent.length);
    return;
  }
  out.integer(static_cast<std::uint8_t>(extent.is_part ? 2 : 1));
  out.integer(static_cast<std::uint32_t>(extent.length));
  if (extent.is_part) out.integer(extent.at);
  out.raw(extent.id.bytes);
}

void serialise(const Content& content, ByteWriter& out) {
  out.integer(content.size)
      .integer(content.depth)
      .integer(static_cast<std::uint32_t>(content.extents.size()));
  for (const Extent& extent : content.extents) serialise(extent, out);
}

Content parse_content(ByteReader& in) {
  Content content;
  content.size = in.integer<std::uint64_t>();
  content.depth = in.integer<std::uint8_t>();
  if (content.depth > max_list_depth) in.fail("chunk lists are nested too deeply");
  const auto count = in.integer<std::uint32_t>();
  if (count > in.left() / extent_bytes_at_least) in.fail("more extents than bytes");
  content.extents.reserve(count);
  for (std::uint32_t i = 0; i < count; ++i) content.extents.push_back(parse_extent(in));
  return content;
}

std::vector<std::vector<Extent>> load_levels(const Content& content, ChunkReader& chunks) {
  std::vector<std::vector<Extent>> levels{content.extents};
  for (std::uint8_t level = 0; level < content.depth; ++level) {
    const Bytes list = read_extents(levels.front(), chunks, list_limit_bytes);
    ByteReader in(list, "chunk list");
    std::vector<Extent> extents;
    while (in.left() > 0) extents.push_back(parse_extent(in));
    levels.insert(levels.begin(), std::move(extents));
  }
  if (total_length(levels.front()) != content.size) {
    throw base::Error(base::ErrorKind::corrupt, "a content's extents do not add up to its size");
  }
  return levels;
}

std::vector<Extent> load_extents(const Content& content, ChunkReader& chunks) {
  return std::move(load_levels(content, chunks).front());
}

std::vector<DataRange> data_ranges(const std::vector<Extent>& extents) {
  std::vector<DataRange> ranges;
  std::uint64_t offset = 0;
  for (const Extent& extent : extents) {
    const bool goes_on = !ranges.empty() && ranges.back().offset + ranges.back().size == offset;
    if (!extent.is_hole && goes_on) {
      ranges.back().size += extent.length;
    } else if (!extent.is_hole) {
      ranges.push_back({offset, extent.length});
    }
    offset += extent.length;
  }
  return ranges;
}

Bytes read_content(const Content& content, ChunkReader& chunks, std::uint64_t limit_bytes) {
  return read_extents(load_extents(content, chunks), chunks, limit_bytes);
}

std::size_t ContentSource::read(std::span<std::byte> buffer) {
  while (hole_left_ == 0 && chunk_used_ == chunk_.size()) {
    if (next_ == extents_.size()) return 0;
    const Extent& extent = extents_[next_++];
    if (extent.is_hole) {
      hole_left_ = extent.length;
    } else {
      chunk_ = read_chunk(extent, chunks_);
      chunk_used_ = 0;
    }
  }
  if (hole_left_ > 0) {
    const std::size_t n = std::min<std::uint64_t>(hole_left_, buffer.size());
    std::ranges::fill(buffer.first(n), std::byte{0});
    hole_left_ -= n;
    return n;
  }
  const std::size_t n = std::min(chunk_.size() - chunk_used_, buffer.size());
  std::ranges::copy(chunk_.subspan(chunk_used_, n), buffer.begin());
  chunk_used_ += n;
  return n;
}

}  // namespace deskloom::snapshot
