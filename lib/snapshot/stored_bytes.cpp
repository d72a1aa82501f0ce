#include "snapshot/stored_bytes.hpp"

#include <algorithm>

#include "snapshot/directory_store.hpp"
#include "snapshot/page_map.hpp"

namespace deskloom::snapshot {
namespace {

constexpr std::uint64_t stretch_bytes = 4 << 20;  // some frames long
constexpr std::size_t image_lanes = 8;

// An image has its lanes for itself.
class StoredImage : public RandomReader {
 public:
  StoredImage(const Layer& layer, ChunkStore& chunks)
      : lanes_(make_lanes(chunks, image_lanes)),
        bytes_(load_pages_root(layer, lanes_.front()->reader).data, lanes_) {}

  std::size_t read(std::span<std::byte> buffer, std::uint64_t offset) override {
    return bytes_.read(buffer, offset);
  }
  const std::vector<DataRange>& data_ranges() const override { return bytes_.data_ranges(); }

 private:
  ReaderLanes lanes_;
  StoredBytes bytes_;
};

}  // namespace

ReaderLanes make_lanes(ChunkStore& chunks, std::size_t count) {
  ReaderLanes lanes;
  for (std::size_t i = 0; i < count; ++i) lanes.push_back(std::make_unique<ReaderLane>(chunks));
  return lanes;
}

StoredBytes::StoredBytes(const Content& content, std::span<const std::unique_ptr<ReaderLane>> lanes)
    : size_(content.size), lanes_(lanes) {
  const std::lock_guard guard(lanes_.front()->mutex);
  extents_ = load_extents(content, lanes_.front()->reader);
  data_ = snapshot::data_ranges(extents_);
  starts_.reserve(extents_.size());
  std::uint64_t offset = 0;
  for (const Extent& extent : extents_) {
    starts_.push_back(offset);
    offset += extent.length;
  }
}

ReaderLane& StoredBytes::lane_of(std::uint64_t offset) const {
  return *lanes_[offset / stretch_bytes % lanes_.size()];
}

std::size_t StoredBytes::read(std::span<std::byte> buffer, std::uint64_t offset) {
  if (offset >= size_) return 0;
  buffer = buffer.first(std::min<std::uint64_t>(buffer.size(), size_ - offset));
  const auto found = std::ranges::upper_bound(starts_, offset) - 1;
  std::size_t done = 0;
  for (auto i = static_cast<std::size_t>(found - starts_.begin()); done < buffer.size(); ++i) {
    const std::uint64_t from = offset + done - starts_[i];
    const std::size_t n = std::min<std::uint64_t>(buffer.size() - done, extents_[i].length - from);
    if (extents_[i].is_hole) {
      std::ranges::fill(buffer.subspan(done, n), std::byte{0});
    } else {
      auto& lane = lane_of(starts_[i]);
      const std::lock_guard guard(lane.mutex);
      std::ranges::copy(read_chunk(extents_[i], lane.reader).subspan(from, n),
                        buffer.begin() + static_cast<std::ptrdiff_t>(done));
    }
    done += n;
  }
  return done;
}

std::unique_ptr<RandomReader> DirectoryStore::open_image(const Layer& layer) const {
  expect_kind(layer, "pages");
  return std::make_unique<StoredImage>(layer, chunks_);
}

}  // namespace deskloom::snapshot
