#include "snapshot/content_diff.hpp"

#include <algorithm>
#include <unordered_set>

#include "snapshot/directory_store.hpp"
#include "snapshot/page_map.hpp"

namespace deskloom::snapshot {
namespace {

// Page tables with one seed and size of page tell of every page whether it is the same.
bool are_comparable(const PagesRoot& older, const PagesRoot& newer) {
  return older.seed == newer.seed && older.page_bytes == newer.page_bytes;
}

ContentDiff compare_pages(const PagesRoot& older, const PagesRoot& newer, ChunkReader& chunks) {
  const auto before = load_page_table(older, chunks);
  const auto after = load_page_table(newer, chunks);
  const std::uint64_t size = std::max(older.data.size, newer.data.size);
  const std::size_t both = std::min(before.size(), after.size());
  const std::size_t all = std::max(before.size(), after.size());
  ContentDiff diff{.differing_pages = 0, .is_exact = true};
  for (std::size_t page = 0; page < all; ++page) {
    if (page < both && before[page] == after[page]) continue;
    ++*diff.differing_pages;
    diff.differing_bytes += std::min<std::uint64_t>(newer.page_bytes, size - page * newer.page_bytes);
  }
  return diff;
}

ContentDiff compare_chunks(const Layer& older, const Layer& newer, ChunkReader& chunks) {
  std::unordered_set<Hash, HashKey> known;
  for (const Extent& extent : load_extents(layer_content(older, chunks), chunks)) {
    if (!extent.is_hole) known.insert(extent.id);
  }
  ContentDiff diff;
  for (const Extent& extent : load_extents(layer_content(newer, chunks), chunks)) {
    if (!extent.is_hole && !known.contains(extent.id)) diff.differing_bytes += extent.length;
  }
  return diff;
}

}  // namespace

ContentDiff DirectoryStore::diff_content(const Layer& older, const Layer& newer) const {
  expect_bytes(older);
  expect_bytes(newer);
  const bool are_images = older.kind == "pages" && newer.kind == "pages";
  if (older.root == newer.root) {
    return {.differing_pages = are_images ? std::optional<std::uint64_t>(0) : std::nullopt, .is_exact = true};
  }
  ChunkReader chunks(chunks_);
  if (are_images) {
    const PagesRoot before = load_pages_root(older, chunks);
    const PagesRoot after = load_pages_root(newer, chunks);
    if (are_comparable(before, after)) return compare_pages(before, after, chunks);
  }
  return compare_chunks(older, newer, chunks);
}

}  // namespace deskloom::snapshot
