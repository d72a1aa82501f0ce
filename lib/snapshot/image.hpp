#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <vector>

// Images: a volume or the memory of a machine, where every byte has its place.
namespace deskloom::snapshot {

enum class ImageExtentKind : std::uint8_t {
  data,      // to be read
  zero,      // reads as zeros
  unchanged  // as in the layer that the capture goes on from
};

struct ImageExtent {
  std::uint64_t offset = 0;
  std::uint64_t length = 0;
  ImageExtentKind kind = ImageExtentKind::data;
};

class ImageSource {
 public:
  virtual ~ImageSource() = default;
  virtual std::uint64_t size_bytes() const = 0;
  // All of it, ascending, without gaps. They need not be multiples of anything.
  virtual std::vector<ImageExtent> extents() = 0;
  // Fills the span; also within extents that are zero or unchanged. Several threads at once.
  virtual void read(std::uint64_t offset, std::span<std::byte> into) = 0;
};

// Where an image is written to.
class ImageSink {
 public:
  virtual ~ImageSink() = default;
  // Before all else. True when it holds bytes already, and only what differs is to be written: read() then
  // gives them (zeros past their end).
  virtual bool begin(std::uint64_t size_bytes) = 0;
  // These: several threads at once, in any order. What nobody writes reads as zeros, or stays.
  virtual void read(std::uint64_t offset, std::span<std::byte> into) = 0;
  virtual void write(std::uint64_t offset, std::span<const std::byte> bytes) = 0;
  virtual void zero(std::uint64_t offset, std::uint64_t length) = 0;
  virtual void finish() = 0;  // durable
};

// A file or block device of this machine; holes of a file are not read. Throws Error(not_found|failed).
std::unique_ptr<ImageSource> local_image(const std::filesystem::path& file);
// A file (made sparse, mode 0600, when there is none) or a block device. A new file that was not finished is
// removed.
std::unique_ptr<ImageSink> local_image_sink(const std::filesystem::path& file);

}  // namespace deskloom::snapshot
