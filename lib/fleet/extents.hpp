#pragma once

#include <optional>
#include <vector>

#include "fleet/volume.hpp"

// A volume's extents out of what an NBD server says of it. The server is QEMU, which a guest may have taken
// over: nothing that it says is believed.
namespace deskloom::fleet {

// NBD's flags of the metadata contexts base:allocation and qemu:dirty-bitmap:*.
inline constexpr std::uint32_t allocation_hole = 1;
inline constexpr std::uint32_t allocation_zero = 2;
inline constexpr std::uint32_t bitmap_dirty = 1;

// The next `length` bytes have these flags.
struct StatusRun {
  std::uint64_t length = 0;
  std::uint32_t flags = 0;
};

// A volume more fragmented than this is read as data from there on: right, only slower.
inline constexpr std::size_t max_extents = 1 << 20;

// Grows from the volume's start to its end; neighbours of one kind become one extent.
class ExtentBuilder {
 public:
  explicit ExtentBuilder(std::uint64_t size_bytes, std::size_t limit = max_extents);

  std::uint64_t covered() const { return covered_; }
  // One reply: runs from covered() on, of allocation and, when the capture is incremental, of the dirty
  // bitmap. As much is taken as both tell. Throws Error(failed) on an empty run, on one past the volume's end
  // but for the last of each (a server may round up to its cluster), and on a reply that tells nothing.
  void add_reply(const std::vector<StatusRun>& allocation,
                 const std::optional<std::vector<StatusRun>>& dirty);
  // Throws Error(failed) unless the whole volume is covered.
  std::vector<Extent> finish();

 private:
  void append(std::uint64_t length, ExtentKind kind);

  std::uint64_t size_bytes_;
  std::size_t limit_;
  std::uint64_t covered_ = 0;
  std::vector<Extent> extents_;
};

}  // namespace deskloom::fleet
