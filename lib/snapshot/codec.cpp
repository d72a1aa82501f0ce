#include "snapshot/codec.hpp"

#include <zstd.h>

#include <algorithm>
#include <bit>
#include <new>

namespace deskloom::snapshot {
namespace {

int level_of(Effort effort) { return effort == Effort::fast ? 1 : effort == Effort::brisk ? 2 : 3; }

// The window must reach back over the whole prefix.
int window_log(std::size_t bytes) { return std::clamp(static_cast<int>(std::bit_width(bytes)), 10, 24); }

}  // namespace

void xor_with(std::span<std::byte> bytes, ByteView other) {
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] ^= other[i];
}

Compressor::Compressor() : context_(ZSTD_createCCtx()) {
  if (context_ == nullptr) throw std::bad_alloc();
}

Compressor::~Compressor() { ZSTD_freeCCtx(context_); }

std::optional<ByteView> Compressor::compress(ByteView raw, ByteView prefix, std::size_t limit,
                                             Effort effort) {
  if (buffer_.size() < limit) buffer_.resize(limit);
  ZSTD_CCtx_reset(context_, ZSTD_reset_session_and_parameters);
  ZSTD_CCtx_setParameter(context_, ZSTD_c_compressionLevel, level_of(effort));
  ZSTD_CCtx_setParameter(context_, ZSTD_c_checksumFlag, 1);
  if (!prefix.empty()) {
    ZSTD_CCtx_setParameter(context_, ZSTD_c_windowLog, window_log(prefix.size() + raw.size()));
    ZSTD_CCtx_refPrefix(context_, prefix.data(), prefix.size());
  }
  const std::size_t size =
      ZSTD_compress2(context_, buffer_.data(), limit, raw.data(), raw.size());  // fails past it
  if (ZSTD_isError(size) != 0) return std::nullopt;
  return ByteView(buffer_).first(size);
}

Decompressor::Decompressor() : context_(ZSTD_createDCtx()) {
  if (context_ == nullptr) throw std::bad_alloc();
}

Decompressor::~Decompressor() { ZSTD_freeDCtx(context_); }

bool Decompressor::unpack(Codec codec, ByteView stored, ByteView prefix, std::span<std::byte> raw) {
  if (codec == Codec::raw) {
    if (stored.size() != raw.size()) return false;
    std::ranges::copy(stored, raw.begin());
    return true;
  }
  ZSTD_DCtx_reset(context_, ZSTD_reset_session_and_parameters);
  const bool is_xor = codec == Codec::zstd_xor;
  if (is_xor && prefix.size() != raw.size()) return false;
  if (!is_xor && !prefix.empty()) ZSTD_DCtx_refPrefix(context_, prefix.data(), prefix.size());
  if (ZSTD_decompressDCtx(context_, raw.data(), raw.size(), stored.data(), stored.size()) != raw.size())
    return false;
  if (is_xor) xor_with(raw, prefix);
  return true;
}

}  // namespace deskloom::snapshot
