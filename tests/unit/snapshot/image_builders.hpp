#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "snapshot/image.hpp"
#include "snapshot_builders.hpp"

namespace deskloom::test {

// An image in memory; when dirty is set, all but that range is told to be unchanged.
class FakeImage : public snapshot::ImageSource {
 public:
  explicit FakeImage(std::string content) : bytes(std::move(content)) {}
  std::uint64_t size_bytes() const override { return bytes.size(); }
  std::vector<snapshot::ImageExtent> extents() override {
    if (!dirty) return {{0, bytes.size(), snapshot::ImageExtentKind::data}};
    const auto [at, length] = *dirty;
    std::vector<snapshot::ImageExtent> extents;
    if (at > 0) extents.push_back({0, at, snapshot::ImageExtentKind::unchanged});
    extents.push_back({at, length, snapshot::ImageExtentKind::data});
    if (at + length < bytes.size())
      extents.push_back({at + length, bytes.size() - at - length, snapshot::ImageExtentKind::unchanged});
    return extents;
  }
  void read(std::uint64_t offset, std::span<std::byte> into) override {
    const auto from = as_bytes(bytes).subspan(offset, into.size());
    std::ranges::copy(from, into.begin());
  }

  std::string bytes;
  std::optional<std::pair<std::uint64_t, std::uint64_t>> dirty;

 private:
  static std::span<const std::byte> as_bytes(const std::string& text) {
    return std::as_bytes(std::span(text.data(), text.size()));
  }
};

struct ImageCapture {
  snapshot::Layer layer;
  snapshot::WriteStats stats;
};

ImageCapture capture_image(snapshot::Store& store, snapshot::ImageSource& source,
                           const snapshot::Layer* previous = nullptr);
// All of a layer's bytes.
std::string stored(const snapshot::Store& store, const snapshot::Layer& layer);
// Some frame of the image that a store holds cannot be read any more; what leads to it can.
void damage_data(const TempStore& temp);

}  // namespace deskloom::test
