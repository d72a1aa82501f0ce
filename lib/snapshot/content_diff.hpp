#pragma once

#include <cstdint>
#include <optional>

namespace deskloom::snapshot {

// How two captures of a layer of bytes differ.
struct ContentDiff {
  // Of two images of one lineage: in pages that are not the same at the same place. Else what the newer one
  // has in chunks that the older one lacks: at most so much is new.
  std::uint64_t differing_bytes = 0;
  std::optional<std::uint64_t> differing_pages;  // of one lineage
  bool is_exact = false;
};

}  // namespace deskloom::snapshot
