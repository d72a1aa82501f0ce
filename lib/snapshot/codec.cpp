#include "snapshot/codec.hpp"

#include <zstd.h>

#include <new>

namespace deskloom::snapshot {
namespace {

constexpr int compression_level = 3;

}  // namespace

Compressor::Compressor() : context_(ZSTD_createCCtx()) {
  if (context_ == nullptr) throw std::bad_alloc();
}

Compressor::~Compressor() { ZSTD_freeCCtx(context_); }

std::optional<ByteView> Compressor::compress(ByteView raw) {
  if (raw.empty()) return std::nullopt;
  buffer_.resize(raw.size() - 1);  // no room to grow: zstd fails instead
  const std::size_t size =
      ZSTD_compressCCtx(context_, buffer_.data(), buffer_.size(), raw.data(), raw.size(), compression_level);
  if (ZSTD_isError(size) != 0) return std::nullopt;
  return ByteView(buffer_).first(size);
}

Decompressor::Decompressor() : context_(ZSTD_createDCtx()) {
  if (context_ == nullptr) throw std::bad_alloc();
}

Decompressor::~Decompressor() { ZSTD_freeDCtx(context_); }

bool Decompressor::decompress(ByteView stored, std::span<std::byte> raw) {
  return ZSTD_decompressDCtx(context_, raw.data(), raw.size(), stored.data(), stored.size()) == raw.size();
}

}  // namespace deskloom::snapshot
