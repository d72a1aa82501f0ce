#include "snapshot/chunker.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

namespace deskloom::snapshot {
namespace {

// The gear table is part of the format in effect: other values would cut all content anew and share nothing
// with what is stored. It is SplitMix64 (Steele et al., OOPSLA 2014) from this seed.
constexpr std::uint64_t gear_seed = 0x6465736b6c6f6f6d;  // "deskloom"

constexpr std::array<std::uint64_t, 256> make_gear() {
  std::array<std::uint64_t, 256> gear{};
  std::uint64_t state = gear_seed;
  for (std::uint64_t& value : gear) {
    std::uint64_t z = state += 0x9e3779b97f4a7c15;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    value = z ^ (z >> 31);
  }
  return gear;
}

constexpr std::array<std::uint64_t, 256> gear = make_gear();

// The top bits, because they have seen the most bytes (each byte is shifted up as the next come). Two bits
// more than log2(average) before the average size and two fewer after it: normalisation level 2.
constexpr std::uint64_t hard_mask = ~std::uint64_t{0} << (64 - 18);
constexpr std::uint64_t easy_mask = ~std::uint64_t{0} << (64 - 14);
static_assert(average_chunk_bytes == 1 << 16);

}  // namespace

std::size_t first_chunk_size(ByteView data) {
  if (data.size() <= min_chunk_bytes) return data.size();
  const std::size_t normal = std::min(average_chunk_bytes, data.size());
  const std::size_t end = std::min(max_chunk_bytes, data.size());
  std::uint64_t fingerprint = 0;
  std::size_t i = min_chunk_bytes;
  for (; i < normal; ++i) {
    fingerprint = (fingerprint << 1) + gear[std::to_integer<std::size_t>(data[i])];
    if ((fingerprint & hard_mask) == 0) return i + 1;
  }
  for (; i < end; ++i) {
    fingerprint = (fingerprint << 1) + gear[std::to_integer<std::size_t>(data[i])];
    if ((fingerprint & easy_mask) == 0) return i + 1;
  }
  return end;
}

}  // namespace deskloom::snapshot
