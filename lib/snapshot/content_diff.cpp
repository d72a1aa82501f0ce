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

// Pages that differ, as runs. Those behind the older one's end are new.
std::vector<DataRange> differing_runs(const PagesRoot& older, const PagesRoot& newer, ChunkReader& chunks) {
  const auto before = load_page_table(older, chunks);
  const auto after = load_page_table(newer, chunks);
  std::vector<DataRange> runs;
  for (std::size_t page = 0; page < after.size(); ++page) {
    const bool is_same = page < before.size() ? before[page] == after[page] : after[page] == 0;
    if (is_same) continue;
    const std::uint64_t offset = page * newer.page_bytes;
    if (runs.empty() || runs.back().offset + runs.back().size != offset) runs.push_back({offset, 0});
    runs.back().size += std::min<std::uint64_t>(newer.page_bytes, newer.data.size - offset);
  }
  return runs;
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

std::vector<DataRange> DirectoryStore::differing_ranges(const Layer& older, const Layer& newer) const {
  expect_kind(older, "pages");
  expect_kind(newer, "pages");
  ChunkReader chunks(chunks_);
  const PagesRoot before = load_pages_root(older, chunks);
  const PagesRoot after = load_pages_root(newer, chunks);
  if (!are_comparable(before, after)) return {};
  return differing_runs(before, after, chunks);
}

}  // namespace deskloom::snapshot
