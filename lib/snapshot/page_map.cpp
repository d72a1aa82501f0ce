#include "snapshot/page_map.hpp"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <algorithm>
#include <bit>
#include <cstring>

#include "base/random.hpp"
#include "snapshot/directory_store.hpp"

namespace deskloom::snapshot {
namespace {

constexpr std::uint32_t least_page_bytes = 4096;
constexpr std::size_t chunk_target_bytes = 256 << 10;
// So many pages take about 60 MB here. Larger images get larger pages.
constexpr std::uint64_t pages_wanted = 2 << 20;
constexpr std::uint64_t pages_limit = 4 * pages_wanted;

bool is_page_size(std::uint32_t bytes) {
  return std::has_single_bit(bytes) && bytes >= least_page_bytes && bytes <= chunk_target_bytes;
}

std::uint64_t pages_of(std::uint64_t size_bytes, std::uint32_t page_bytes) {
  return size_bytes / page_bytes + (size_bytes % page_bytes > 0 ? 1 : 0);
}

std::uint32_t page_bytes_for(std::uint64_t size_bytes) {
  std::uint32_t bytes = least_page_bytes;
  while (bytes < chunk_target_bytes && pages_of(size_bytes, bytes) > pages_wanted) bytes *= 2;
  if (pages_of(size_bytes, bytes) <= pages_limit) return bytes;
  throw base::Error(base::ErrorKind::failed, "an image of " + std::to_string(size_bytes) +
                                                 " bytes is larger than this program can store");
}

bool is_zero(ByteView page) {
  return page[0] == std::byte{0} && std::memcmp(page.data(), page.data() + 1, page.size() - 1) == 0;
}

}  // namespace

PageHash hash_page(ByteView page, std::uint64_t seed) {
  if (is_zero(page)) return 0;
  const PageHash hash = XXH3_64bits_withSeed(page.data(), page.size(), seed);
  return hash == 0 ? 1 : hash;
}

void serialise(const PagesRoot& root, ByteWriter& out) {
  serialise(root.data, out);
  serialise(root.table, out);
  out.integer(root.page_bytes).integer(root.seed);
}

PagesRoot load_pages_root(const Layer& layer, ChunkReader& chunks) {
  const std::string origin = layer.kind + " " + layer.root;
  return parse_pages_root(chunks.read(parse_hash(layer.root, origin)), origin);
}

PagesRoot parse_pages_root(ByteView bytes, const std::string& origin) {
  ByteReader in(bytes, origin);
  PagesRoot root;
  root.data = parse_content(in);
  root.table = parse_content(in);
  root.page_bytes = in.integer<std::uint32_t>();
  root.seed = in.integer<std::uint64_t>();
  if (in.left() > 0) in.fail("something follows the pages");
  if (!is_page_size(root.page_bytes)) in.fail("its pages have an impossible size");
  const std::uint64_t pages = pages_of(root.data.size, root.page_bytes);
  if (pages > pages_limit || root.table.size != pages * sizeof(PageHash))
    in.fail("its table has another length");
  return root;
}

std::vector<PageHash> load_page_table(const PagesRoot& root, ChunkReader& chunks) {
  const Bytes bytes = read_content(root.table, chunks, pages_limit * sizeof(PageHash));
  ByteReader in(bytes, "page table");
  std::vector<PageHash> table(bytes.size() / sizeof(PageHash));
  for (PageHash& hash : table) hash = in.integer<PageHash>();
  return table;
}

PageMap::PageMap(std::uint64_t size_bytes, const Layer* previous, ChunkReader& chunks)
    : page_bytes_(page_bytes_for(size_bytes)), chunks_(1) {
  const std::string random = base::SystemRandom().hex(2 * sizeof seed_);
  seed_ = std::stoull(random, nullptr, 16);
  try {
    if (previous != nullptr) {
      const PagesRoot root = load_pages_root(*previous, chunks);
      if (pages_of(size_bytes, root.page_bytes) <= pages_limit) load(root, chunks);
    }
  } catch (const base::Error& error) {
    // A damaged predecessor costs a full capture, not the capture.
    if (error.kind() != base::ErrorKind::corrupt) throw;
    hashes_before_.clear();
    places_before_.clear();
    chunks_.resize(1);
  }
  const std::uint64_t pages = pages_of(size_bytes, page_bytes_);
  hashes_.resize(pages);
  places_.resize(pages);
  const std::size_t slots = std::bit_ceil(2 * (pages + hashes_before_.size()) + 1);
  twins_ = std::make_unique<std::atomic<std::uint32_t>[]>(slots);
  twins_mask_ = slots - 1;
  for (std::size_t page = 0; page < hashes_before_.size(); ++page) {
    if (earlier_place(page) && hashes_before_[page] != 0)
      insert(hashes_before_[page], static_cast<std::uint32_t>((page + 1) * 2 + 1));
  }
}

void PageMap::load(const PagesRoot& root, ChunkReader& chunks) {
  hashes_before_ = load_page_table(root, chunks);
  page_bytes_ = root.page_bytes;
  seed_ = root.seed;
  load_places(root, chunks);
  previous_ = root;
}

void PageMap::load_places(const PagesRoot& root, ChunkReader& chunks) {
  std::unordered_map<Hash, std::uint32_t, HashKey> numbers;
  stored_.assign(1, true);
  places_before_.reserve(hashes_before_.size());
  for (const Extent& extent : load_extents(root.data, chunks)) {
    PagePlace place;
    if (!extent.is_hole) {
      const auto [found, is_new] = numbers.try_emplace(extent.id, static_cast<std::uint32_t>(chunks_.size()));
      if (is_new) {
        chunks_.push_back(extent.id);
        stored_.push_back(chunks.store().contains(extent.id));
      }
      place = {found->second, extent.at / page_bytes_};
    }
    for (std::uint64_t done = 0; done < extent.length; done += page_bytes_) {
      places_before_.push_back(place);
      if (!extent.is_hole) ++place.page;
    }
  }
  const auto agrees = [](PageHash hash, PagePlace place) { return (hash == 0) == (place.chunk == 0); };
  if (!std::ranges::equal(hashes_before_, places_before_, agrees)) {
    throw base::Error(base::ErrorKind::corrupt, "an image's extents are not those of its pages");
  }
}

std::size_t PageMap::pages_per_chunk() const { return chunk_target_bytes / page_bytes_; }

std::optional<PagePlace> PageMap::earlier_place(std::size_t page) const {
  if (page >= places_before_.size() || !stored_[places_before_[page].chunk]) return std::nullopt;
  return places_before_[page];
}

bool PageMap::keep(std::size_t page, PageHash hash) {
  return page < hashes_before_.size() && hashes_before_[page] == hash && keep(page);
}

bool PageMap::keep(std::size_t page) {
  const auto place = earlier_place(page);
  if (!place) return false;
  set(page, hashes_before_[page], *place);
  return true;
}

void PageMap::set(std::size_t page, PageHash hash, PagePlace place) {
  hashes_[page] = hash;
  places_[page] = place;
}

std::optional<PageMap::Twin> PageMap::find_twin(PageHash hash) const {
  for (std::size_t slot = hash & twins_mask_;; slot = (slot + 1) & twins_mask_) {
    const std::uint32_t found = twins_[slot].load(std::memory_order_acquire);
    if (found == 0) return std::nullopt;
    const std::size_t page = found / 2 - 1;
    const bool is_earlier = (found & 1) != 0;
    if ((is_earlier ? hashes_before_ : hashes_)[page] != hash) continue;
    return Twin{page, is_earlier, (is_earlier ? places_before_ : places_)[page]};
  }
}

void PageMap::publish(std::size_t page) { insert(hashes_[page], static_cast<std::uint32_t>((page + 1) * 2)); }

void PageMap::insert(PageHash hash, std::uint32_t page_and_age) {
  for (std::size_t slot = hash & twins_mask_;; slot = (slot + 1) & twins_mask_) {
    std::uint32_t empty = 0;
    if (twins_[slot].compare_exchange_strong(empty, page_and_age, std::memory_order_acq_rel)) return;
  }
}

std::uint32_t PageMap::new_chunk() {
  const std::lock_guard guard(mutex_);
  chunks_.emplace_back();
  return static_cast<std::uint32_t>(chunks_.size() - 1);
}

void PageMap::name_chunk(std::uint32_t chunk, const Hash& id) {
  const std::lock_guard guard(mutex_);
  chunks_[chunk] = id;
}

Hash PageMap::chunk_id(std::uint32_t chunk) const {
  const std::lock_guard guard(mutex_);
  return chunks_[chunk];
}

std::vector<Extent> PageMap::extents(std::uint64_t size_bytes) const {
  std::vector<Extent> extents;
  for (std::size_t page = 0; page < places_.size(); ++page) {
    const PagePlace place = places_[page];
    const std::uint64_t length = std::min<std::uint64_t>(page_bytes_, size_bytes - page * page_bytes_);
    const bool is_hole = place.chunk == 0;
    const PagePlace before = page == 0 ? PagePlace{} : places_[page - 1];
    const bool goes_on =
        page > 0 && before.chunk == place.chunk && (is_hole || before.page + 1 == place.page);
    if (goes_on) {
      extents.back().length += length;
    } else if (is_hole) {
      extents.push_back({.length = length, .is_hole = true});
    } else {
      extents.push_back(
          {.length = length, .is_part = true, .at = place.page * page_bytes_, .id = chunks_[place.chunk]});
    }
  }
  return extents;
}

Bytes PageMap::table() const {
  ByteWriter out;
  for (const PageHash hash : hashes_) out.integer(hash);
  return out.bytes();
}

}  // namespace deskloom::snapshot
