#pragma once

#include <cstddef>

#include "snapshot/bytes.hpp"

namespace deskloom::snapshot {

inline constexpr std::size_t min_chunk_bytes = 16 << 10;
inline constexpr std::size_t average_chunk_bytes = 64 << 10;
inline constexpr std::size_t max_chunk_bytes = 256 << 10;

// Where the first chunk of data ends: FastCDC with normalised chunking (Xia et al., USENIX ATC 2016), so that
// equal content far apart is cut alike. data must hold max_chunk_bytes, or all that is left.
std::size_t first_chunk_size(ByteView data);

}  // namespace deskloom::snapshot
