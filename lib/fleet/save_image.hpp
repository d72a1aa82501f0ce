#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/fd.hpp"
#include "base/stream.hpp"
#include "fleet/volume.hpp"

// A libvirt save image (memory.hpp says how it is laid out) taken apart: the memory with each page at its
// address, so that a later image's pages stand where this one's did, and the rest; and put together again,
// octet for octet.
//
// The memory is all blocks of RAM in the order in which the image names them, then pages that were sent again
// because they changed meanwhile.
namespace deskloom::fleet {

class SaveImage {
 public:
  static bool is_one(const std::filesystem::path& file);
  // Reads all of it. Throws Error(not_found); Error(failed) when it is not whole, or compressed. What of it
  // is not understood becomes rest.
  explicit SaveImage(const std::filesystem::path& file);

  std::uint64_t memory_bytes() const { return pages_.size() * page_bytes; }
  std::vector<Extent> extents() const;
  void read(std::uint64_t offset, std::span<std::byte> into) const;  // of the memory; several threads at once
  const std::string& rest() const { return rest_; }

  static constexpr std::uint64_t page_bytes = 4096;

 private:
  friend class SaveImageParser;

  std::filesystem::path file_;
  base::UniqueFd fd_;
  std::vector<std::uint64_t> pages_;  // where in the file each stands; 0: it is all zeros
  std::string rest_;
};

// read_memory fills a span from an offset of the memory, which has memory_bytes. file may not exist. Throws
// Error(corrupt) on a rest that is none, or not of this memory.
void join_save_image(base::ByteSource& rest, std::uint64_t memory_bytes,
                     const std::function<void(std::uint64_t offset, std::span<std::byte> into)>& read_memory,
                     const std::filesystem::path& file);

}  // namespace deskloom::fleet
