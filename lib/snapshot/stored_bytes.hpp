#pragma once

#include <memory>
#include <mutex>
#include <span>
#include <vector>

#include "snapshot/chunk_store.hpp"
#include "snapshot/content.hpp"
#include "snapshot/tree_view.hpp"

namespace deskloom::snapshot {

// Readers that threads share: those who use one lane take turns, so that memory stays bounded.
struct ReaderLane {
  explicit ReaderLane(ChunkStore& chunks) : reader(chunks) {}
  std::mutex mutex;
  ChunkReader reader;
};
using ReaderLanes = std::vector<std::unique_ptr<ReaderLane>>;
ReaderLanes make_lanes(ChunkStore& chunks, std::size_t count);

// Stored content, read anywhere.
class StoredBytes : public RandomReader {
 public:
  // lanes: at least one, that live longer. What lies close together goes through one of them, so that it is
  // unpacked once; what lies apart goes through all of them.
  StoredBytes(const Content& content, std::span<const std::unique_ptr<ReaderLane>> lanes);

  std::size_t read(std::span<std::byte> buffer, std::uint64_t offset) override;
  const std::vector<DataRange>& data_ranges() const override { return data_; }

 private:
  ReaderLane& lane_of(std::uint64_t offset) const;

  std::uint64_t size_;
  std::span<const std::unique_ptr<ReaderLane>> lanes_;
  std::vector<Extent> extents_;
  std::vector<std::uint64_t> starts_;
  std::vector<DataRange> data_;
};

}  // namespace deskloom::snapshot
