#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "snapshot/content.hpp"
#include "snapshot/store.hpp"

// A layer of kind "pages" is an image as content, cut into pages of one size, and a table with a fast hash of
// each page, which only answers "is this page as it was?": what a page is stored as is named by SHA-256.
//
//   pages = data:content table:content page-bytes:u32 seed:u64
//   table = *hash:u64    ; of each page: XXH3-64 with the seed; 0 when it is all zeros. The last page is
//   filled
//                        ; up with zeros
//
// The seed is random and secret, so that a guest cannot make two pages that are taken for the same.
namespace deskloom::snapshot {

struct PagesRoot {
  Content data;
  Content table;
  std::uint32_t page_bytes = 0;
  std::uint64_t seed = 0;
};
// Throw Error(corrupt).
PagesRoot parse_pages_root(ByteView bytes, const std::string& origin);
PagesRoot load_pages_root(const Layer& layer, ChunkReader& chunks);
void serialise(const PagesRoot& root, ByteWriter& out);
std::vector<std::uint64_t> load_page_table(const PagesRoot& root, ChunkReader& chunks);

using PageHash = std::uint64_t;
PageHash hash_page(ByteView page, std::uint64_t seed);  // 0 for zeros only

// Where a page is stored.
struct PagePlace {
  std::uint32_t chunk = 0;  // number in the map; 0: nowhere, the page is all zeros
  std::uint32_t page = 0;   // which page of the chunk
  bool operator==(const PagePlace&) const = default;
};

// The pages of an image on its way into the store, and of the image before it. Threads may set different
// pages at the same time.
class PageMap {
 public:
  // previous: a layer of the same lineage, or nullptr. It is not used when it cannot be read or its pages are
  // too small for this size.
  PageMap(std::uint64_t size_bytes, const Layer* previous, ChunkReader& chunks);

  std::uint32_t page_bytes() const { return page_bytes_; }
  std::uint64_t seed() const { return seed_; }
  std::size_t pages() const { return hashes_.size(); }
  std::size_t pages_per_chunk() const;

  // True when the page is as before, and stored; then that is noted.
  bool keep(std::size_t page, PageHash hash);
  bool keep(std::size_t page);  // the source says so
  std::optional<PagePlace> earlier_place(std::size_t page) const;
  void set(std::size_t page, PageHash hash, PagePlace place);
  PagePlace place(std::size_t page) const { return places_[page]; }

  // A page that probably holds the same: of this image, or of the one before.
  struct Twin {
    std::size_t page = 0;
    bool is_earlier = false;
    PagePlace place;
  };
  std::optional<Twin> find_twin(PageHash hash) const;
  // set() has been called for it.
  void publish(std::size_t page);

  std::uint32_t new_chunk();
  void name_chunk(std::uint32_t chunk, const Hash& id);
  Hash chunk_id(std::uint32_t chunk) const;

  std::vector<Extent> extents(std::uint64_t size_bytes) const;
  Bytes table() const;
  const std::optional<PagesRoot>& previous() const { return previous_; }

 private:
  void load(const PagesRoot& root, ChunkReader& chunks);
  void load_places(const PagesRoot& root, ChunkReader& chunks);
  void insert(PageHash hash, std::uint32_t page_and_age);

  std::uint32_t page_bytes_ = 0;
  std::uint64_t seed_ = 0;
  std::optional<PagesRoot> previous_;
  std::vector<PageHash> hashes_, hashes_before_;
  std::vector<PagePlace> places_, places_before_;
  std::vector<bool> stored_;  // by number of a chunk of the image before
  mutable std::mutex mutex_;
  std::vector<Hash> chunks_;  // by number
  // Open addressing, by hash: number of a page + 1, shifted, the lowest bit set for the image before.
  std::unique_ptr<std::atomic<std::uint32_t>[]> twins_;
  std::size_t twins_mask_ = 0;
};

}  // namespace deskloom::snapshot
