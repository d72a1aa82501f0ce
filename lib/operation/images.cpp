#include "operation/images.hpp"

#include <mutex>

#include "fleet/image_lock.hpp"
#include "fleet/save_image.hpp"

namespace deskloom::operation {
namespace {

using snapshot::ImageExtentKind;

ImageExtentKind kind_of(fleet::ExtentKind kind) {
  switch (kind) {
    case fleet::ExtentKind::data:
      return ImageExtentKind::data;
    case fleet::ExtentKind::zero:
      return ImageExtentKind::zero;
    case fleet::ExtentKind::unchanged:
      return ImageExtentKind::unchanged;
  }
  return ImageExtentKind::data;
}

std::vector<snapshot::ImageExtent> extents_of(const std::vector<fleet::Extent>& extents) {
  std::vector<snapshot::ImageExtent> result;
  for (const auto& e : extents) result.push_back({e.offset, e.length, kind_of(e.kind)});
  return result;
}

// A reading has several requests under way by itself, and is one thread's at a time.
class VolumeImage : public snapshot::ImageSource {
 public:
  explicit VolumeImage(fleet::VolumeReading& volume) : volume_(volume) {}

  std::uint64_t size_bytes() const override { return volume_.facts().size_bytes; }
  std::vector<snapshot::ImageExtent> extents() override { return extents_of(volume_.extents()); }
  void read(std::uint64_t offset, std::span<std::byte> into) override {
    const std::lock_guard guard(mutex_);
    volume_.read(offset, into);
  }

 private:
  fleet::VolumeReading& volume_;
  std::mutex mutex_;
};

class OwnedVolumeImage : public VolumeImage {
 public:
  explicit OwnedVolumeImage(std::unique_ptr<fleet::VolumeReading> volume)
      : VolumeImage(*volume), volume_(std::move(volume)) {}

 private:
  std::unique_ptr<fleet::VolumeReading> volume_;
};

class SavedMemory : public snapshot::ImageSource {
 public:
  explicit SavedMemory(const std::filesystem::path& file) : image_(file) {}

  const std::string& rest() const { return image_.rest(); }
  std::uint64_t size_bytes() const override { return image_.memory_bytes(); }
  std::vector<snapshot::ImageExtent> extents() override { return extents_of(image_.extents()); }
  void read(std::uint64_t offset, std::span<std::byte> into) override { image_.read(offset, into); }

 private:
  fleet::SaveImage image_;
};

}  // namespace

std::unique_ptr<snapshot::ImageSource> image_of(fleet::VolumeReading& volume) {
  return std::make_unique<VolumeImage>(volume);
}

std::unique_ptr<snapshot::ImageSource> open_volume_image(const std::filesystem::path& file) {
  if (file.extension() == ".qcow2") return std::make_unique<OwnedVolumeImage>(fleet::open_volume_file(file));
  fleet::expect_not_written(file);
  return snapshot::local_image(file);
}

MemoryImage open_memory_image(const std::filesystem::path& file) {
  auto raw = snapshot::local_image(file);
  if (!fleet::SaveImage::is_one(file)) return {std::move(raw), std::nullopt};
  auto saved = std::make_unique<SavedMemory>(file);
  auto rest = saved->rest();
  return {std::move(saved), std::move(rest)};
}

}  // namespace deskloom::operation
