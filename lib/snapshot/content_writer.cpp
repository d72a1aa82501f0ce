#include <algorithm>
#include <array>

#include "snapshot/chunker.hpp"
#include "snapshot/content.hpp"

namespace deskloom::snapshot {
namespace {

constexpr std::size_t block_bytes = 4096;
constexpr std::uint64_t min_hole_bytes = 16 << 10;
constexpr std::size_t inline_extents = 8;
constexpr std::size_t compact_above_bytes = 4 * max_chunk_bytes;
constexpr std::size_t most_bases = 3;  // a chunk that was cut elsewhere before overlaps that many old ones

// Equal to itself one byte on, and the first is zero: memcmp does it at full speed.
bool is_zero(ByteView bytes) {
  return bytes[0] == std::byte{0} && std::memcmp(bytes.data(), bytes.data() + 1, bytes.size() - 1) == 0;
}

}  // namespace

Predecessor::Predecessor(const std::vector<Extent>& extents) {
  std::uint64_t offset = 0;
  for (const Extent& extent : extents) {
    if (!extent.is_hole) {
      by_id_.emplace(extent.id, chunks_.size());
      chunks_.push_back({offset, extent.length, extent.id});
    }
    offset += extent.length;
  }
}

std::vector<Hash> Predecessor::near(std::uint64_t offset, std::uint64_t size) const {
  const auto from = static_cast<std::int64_t>(offset) + moved_;
  const auto ends_after = [&](const Old& old) {
    return static_cast<std::int64_t>(old.offset + old.size) > from;
  };
  std::vector<Hash> ids;
  // What was appended to the end is like the last chunk.
  auto old = std::ranges::partition_point(chunks_, [&](const Old& o) { return !ends_after(o); });
  if (old == chunks_.end() && !chunks_.empty()) --old;
  for (; old != chunks_.end() && ids.size() < most_bases; ++old) {
    if (!ids.empty() && static_cast<std::int64_t>(old->offset) >= from + static_cast<std::int64_t>(size))
      break;
    ids.push_back(old->id);
  }
  return ids;
}

void Predecessor::found(const Hash& id, std::uint64_t offset) {
  const auto old = by_id_.find(id);
  if (old == by_id_.end()) return;
  moved_ = static_cast<std::int64_t>(chunks_[old->second].offset) - static_cast<std::int64_t>(offset);
}

void ContentWriter::follow(const Content& previous) {
  before_.clear();
  try {
    for (const auto& extents : load_levels(previous, chunks_.reader())) before_.emplace_back(extents);
  } catch (const base::Error& error) {
    if (error.kind() != base::ErrorKind::corrupt) throw;
  }
}

void ContentWriter::write(ByteView bytes) {
  size_ += bytes.size();
  while (!bytes.empty()) {
    if (block_.empty() && bytes.size() >= block_bytes) {
      take_block(bytes.first(block_bytes));
      bytes = bytes.subspan(block_bytes);
      continue;
    }
    const std::size_t n = std::min(bytes.size(), block_bytes - block_.size());
    block_.insert(block_.end(), bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(n));
    bytes = bytes.subspan(n);
    if (block_.size() == block_bytes) {
      take_block(block_);
      block_.clear();
    }
  }
}

void ContentWriter::hole(std::uint64_t size) {
  static constexpr std::array<std::byte, block_bytes> zeros{};
  const std::uint64_t first = std::min<std::uint64_t>(size, block_.empty() ? 0 : block_bytes - block_.size());
  write(ByteView(zeros).first(first));
  const std::uint64_t whole = (size - first) / block_bytes * block_bytes;
  size_ += whole;
  zero_run_ += whole;
  write(ByteView(zeros).first(size - first - whole));
}

void ContentWriter::take_block(ByteView block) {
  if (is_zero(block)) {
    zero_run_ += block.size();
    return;
  }
  end_zero_run();
  add_data(block);
}

// Only whole runs can be judged: short ones are ordinary data and must not cut a chunk.
void ContentWriter::end_zero_run() {
  if (zero_run_ >= min_hole_bytes) {
    while (head_ < data_.size()) cut_one();
    extents_.push_back({.length = zero_run_, .is_hole = true});
    cut_ += zero_run_;
  } else if (zero_run_ > 0) {
    add_data(Bytes(zero_run_));
  }
  zero_run_ = 0;
}

void ContentWriter::add_data(ByteView bytes) {
  data_.insert(data_.end(), bytes.begin(), bytes.end());
  while (data_.size() - head_ >= max_chunk_bytes) cut_one();
}

void ContentWriter::cut_one() {
  const ByteView rest = ByteView(data_).subspan(head_);
  const std::size_t size = first_chunk_size(rest);
  std::vector<Hash> bases;
  if (!before_.empty()) bases = before_.front().near(cut_, size);
  const Hash id = chunks_.put(rest.first(size), bases, kind_);
  if (!before_.empty()) before_.front().found(id, cut_);
  extents_.push_back({.length = size, .id = id});
  cut_ += size;
  head_ += size;
  if (head_ == data_.size() || head_ > compact_above_bytes) {
    data_.erase(data_.begin(), data_.begin() + static_cast<std::ptrdiff_t>(head_));
    head_ = 0;
  }
}

Content ContentWriter::finish() {
  if (!block_.empty()) take_block(block_);
  end_zero_run();
  while (head_ < data_.size()) cut_one();
  return finish_with(std::move(extents_));
}

Content ContentWriter::finish_with(std::vector<Extent> extents) {
  std::uint64_t size = 0;
  for (const Extent& extent : extents) size += extent.length;
  reset();
  if (extents.size() <= inline_extents) {
    before_.clear();
    kind_ = ChunkKind::data;
    return {size, 0, std::move(extents)};
  }
  ByteWriter list;
  for (const Extent& extent : extents) serialise(extent, list);
  if (!before_.empty()) before_.erase(before_.begin());
  kind_ = ChunkKind::list;
  write(list.bytes());
  Content content = finish();
  content.size = size;
  ++content.depth;
  return content;
}

void ContentWriter::discard() {
  reset();
  kind_ = ChunkKind::data;
  before_.clear();
}

void ContentWriter::reset() {
  size_ = 0;
  cut_ = 0;
  zero_run_ = 0;
  block_.clear();
  data_.clear();
  head_ = 0;
  extents_.clear();
}

}  // namespace deskloom::snapshot
