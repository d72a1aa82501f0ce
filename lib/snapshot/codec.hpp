#pragma once

#include <cstdint>
#include <optional>

#include "snapshot/bytes.hpp"

struct ZSTD_CCtx_s;
struct ZSTD_DCtx_s;

namespace deskloom::snapshot {

// How a frame's bytes stand in its pack.
enum class Codec : std::uint8_t { raw = 0, zstd = 1, zstd_xor = 2 };

// How much time a frame may take. Measured on a home: for small files, `usual` is worth it; `brisk` takes two
// thirds of its time, and loses nothing to it when its frames are twice as long. Of memory, `fast` loses
// little.
enum class Effort : std::uint8_t { usual, brisk, fast };

void xor_with(std::span<std::byte> bytes, ByteView other);  // both are as long

// One zstd frame at a time; contexts are kept, as making one costs more than a small frame. Not for several
// threads at once.
class Compressor {
 public:
  Compressor();
  ~Compressor();
  Compressor(const Compressor&) = delete;
  Compressor& operator=(const Compressor&) = delete;
  // Valid until the next call; nullopt when it would take more than limit bytes. prefix: what is likely to be
  // alike, as in zstd --patch-from; the same is needed to unpack.
  std::optional<ByteView> compress(ByteView raw, ByteView prefix, std::size_t limit,
                                   Effort effort = Effort::usual);

 private:
  ZSTD_CCtx_s* context_;
  Bytes buffer_;
};

class Decompressor {
 public:
  Decompressor();
  ~Decompressor();
  Decompressor(const Decompressor&) = delete;
  Decompressor& operator=(const Decompressor&) = delete;
  // Exactly raw.size() bytes or false: a frame can claim what it likes, no more than that is ever written.
  bool unpack(Codec codec, ByteView stored, ByteView prefix, std::span<std::byte> raw);

 private:
  ZSTD_DCtx_s* context_;
};

}  // namespace deskloom::snapshot
