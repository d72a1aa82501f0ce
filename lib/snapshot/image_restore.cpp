#include <algorithm>
#include <atomic>

#include "base/parallel.hpp"
#include "snapshot/directory_store.hpp"
#include "snapshot/page_map.hpp"

namespace deskloom::snapshot {
namespace {

// What one thread takes at a time.
constexpr std::uint64_t stretch_bytes = 4 << 20;

struct Piece {
  std::uint64_t offset = 0;
  Extent extent;
};

// Pieces in stretches, and within what one page table entry covers when that is to be looked up.
std::vector<std::vector<Piece>> cut(const std::vector<Extent>& extents) {
  std::vector<std::vector<Piece>> stretches(1);
  std::uint64_t offset = 0, in_stretch = 0;
  for (const Extent& extent : extents) {
    if (in_stretch >= stretch_bytes) {
      stretches.emplace_back();
      in_stretch = 0;
    }
    stretches.back().push_back({offset, extent});
    offset += extent.length;
    in_stretch += extent.is_hole ? 0 : extent.length;
  }
  return stretches;
}

class ImageRestore {
 public:
  ImageRestore(ChunkStore& chunks, const PagesRoot& root, ImageSink& sink, bool compares)
      : reader_(chunks), root_(root), sink_(sink), compares_(compares) {}

  void write(const Piece& piece, const std::vector<PageHash>& table);

 private:
  void write_page_by_page(const Piece& piece, const std::vector<PageHash>& table);
  bool is_there(std::uint64_t offset, std::uint64_t length, PageHash hash);

  ChunkReader reader_;
  const PagesRoot& root_;
  ImageSink& sink_;
  bool compares_;
  Bytes page_;
};

void ImageRestore::write(const Piece& piece, const std::vector<PageHash>& table) {
  if (compares_) return write_page_by_page(piece, table);
  if (!piece.extent.is_hole) sink_.write(piece.offset, read_chunk(piece.extent, reader_));
}

void ImageRestore::write_page_by_page(const Piece& piece, const std::vector<PageHash>& table) {
  for (std::uint64_t done = 0; done < piece.extent.length; done += root_.page_bytes) {
    const std::uint64_t offset = piece.offset + done;
    const auto length = std::min<std::uint64_t>(root_.page_bytes, piece.extent.length - done);
    if (is_there(offset, length, table.at(offset / root_.page_bytes))) continue;
    if (piece.extent.is_hole) {
      sink_.zero(offset, length);
    } else {
      sink_.write(offset, read_chunk(piece.extent, reader_).subspan(done, length));
    }
  }
}

bool ImageRestore::is_there(std::uint64_t offset, std::uint64_t length, PageHash hash) {
  page_.assign(root_.page_bytes, std::byte{0});
  sink_.read(offset, std::span(page_).first(length));
  return hash_page(page_, root_.seed) == hash;
}

}  // namespace

void DirectoryStore::restore_image(const Layer& layer, ImageSink& sink, base::Progress& progress) const {
  expect_kind(layer, "pages");
  const PagesRoot root = load_pages_root(layer, reader_);
  const auto stretches = cut(load_extents(root.data, reader_));
  const bool compares = sink.begin(root.data.size);
  const auto table = compares ? load_page_table(root, reader_) : std::vector<PageHash>{};
  progress.begin("restoring " + layer.name, root.data.size);
  base::LockedProgress locked(progress);
  std::atomic<std::size_t> next = 0;
  base::run_parallel(base::usable_cpus(), [&](unsigned) {
    ImageRestore restore(chunks_, root, sink, compares);
    for (std::size_t i = next++; i < stretches.size(); i = next++) {
      for (const Piece& piece : stretches[i]) {
        restore.write(piece, table);
        locked.advance(piece.extent.length);
      }
    }
  });
  sink.finish();
  progress.end();
}

}  // namespace deskloom::snapshot
