#pragma once

#include <cstdint>
#include <optional>

#include "snapshot/bytes.hpp"

struct ZSTD_CCtx_s;
struct ZSTD_DCtx_s;

namespace deskloom::snapshot {

// How a chunk's bytes stand in its record.
enum class Codec : std::uint32_t { raw = 0, zstd = 1 };

// One zstd frame per chunk; contexts are kept, as making one costs more than a small chunk.
class Compressor {
 public:
  Compressor();
  ~Compressor();
  Compressor(const Compressor&) = delete;
  Compressor& operator=(const Compressor&) = delete;
  // Valid until the next call; nullopt when it would not become smaller.
  std::optional<ByteView> compress(ByteView raw);

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
  bool decompress(ByteView stored, std::span<std::byte> raw);

 private:
  ZSTD_DCtx_s* context_;
};

}  // namespace deskloom::snapshot
