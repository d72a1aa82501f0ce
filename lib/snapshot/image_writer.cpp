#include "snapshot/image_writer.hpp"

#include <algorithm>
#include <cstring>

#include "base/parallel.hpp"

namespace deskloom::snapshot {
namespace {

// What one thread takes at a time.
constexpr std::uint64_t stretch_bytes = 4 << 20;

struct Stretch {
  std::size_t first = 0;  // page
  std::size_t pages = 0;
  bool is_unchanged = false;  // the source says so
};

// In whole pages: a page is what most is known not to be. Zeros are read: it takes no time, and they may
// share a page with data.
std::vector<Stretch> cut(const std::vector<ImageExtent>& extents, const PageMap& map) {
  const std::uint64_t page_bytes = map.page_bytes();
  std::vector<bool> must_read(map.pages());
  std::vector<bool> is_zero_only(map.pages(), true);
  for (const ImageExtent& extent : extents) {
    const std::size_t last = (extent.offset + extent.length + page_bytes - 1) / page_bytes;
    for (std::size_t page = extent.offset / page_bytes; page < last && page < map.pages(); ++page) {
      if (extent.kind != ImageExtentKind::zero) is_zero_only[page] = false;
      if (extent.kind == ImageExtentKind::data) must_read[page] = true;
    }
  }
  std::vector<Stretch> stretches;
  const std::size_t most_pages = stretch_bytes / page_bytes;
  for (std::size_t page = 0; page < map.pages(); ++page) {
    if (is_zero_only[page]) continue;
    const bool is_unchanged = !must_read[page] && map.earlier_place(page);
    Stretch* last = stretches.empty() ? nullptr : &stretches.back();
    if (last != nullptr && last->is_unchanged == is_unchanged && last->first + last->pages == page &&
        last->pages < most_pages) {
      ++last->pages;
    } else {
      stretches.push_back({page, 1, is_unchanged});
    }
  }
  return stretches;
}

// More than half of the words are equal.
bool is_alike(ByteView a, ByteView b) {
  std::size_t equal = 0;
  for (std::size_t i = 0; i + 8 <= a.size(); i += 8) {
    std::uint64_t x, y;
    std::memcpy(&x, &a[i], 8);
    std::memcpy(&y, &b[i], 8);
    equal += x == y ? 1U : 0U;
  }
  return equal * 16 > a.size();
}

// What one thread stores.
class PageWriter {
 public:
  PageWriter(WriteSession& session, PageMap& map, ImageSource& source)
      : map_(map), source_(source), chunks_(session), twin_bytes_(map.page_bytes()) {}

  void take(const Stretch& stretch);
  void finish();
  std::uint64_t read_bytes() const { return read_bytes_; }

 private:
  // Pages that are to become one chunk.
  struct Group {
    std::uint32_t number = 0;  // of the chunk
    Bytes pages;
    Bytes base_pages;
    std::vector<FrameBase> bases;  // one for each page, or none
  };

  // What a page is mostly like; the bytes are valid until the next read.
  struct Base {
    FrameBase where;
    ByteView bytes;
  };

  void read(std::size_t first, std::size_t pages);
  void take_page(std::size_t page, ByteView bytes);
  bool is_twin(const PageMap::Twin& twin, ByteView bytes);
  std::optional<Base> base_of(std::size_t page, ByteView bytes);
  std::optional<FrameBase> stored_whole(PagePlace place);
  const ChunkReader::Origin& origin_of(std::uint32_t chunk);
  PagePlace add(Group& group, ByteView bytes);
  void end(Group& group);

  PageMap& map_;
  ImageSource& source_;
  ChunkWriter chunks_;
  Bytes buffer_;
  Bytes twin_bytes_;
  Group fresh_, patched_;
  std::uint32_t origin_chunk_ = 0;
  ChunkReader::Origin origin_;
  std::uint64_t read_bytes_ = 0;
};

void PageWriter::read(std::size_t first, std::size_t pages) {
  const std::uint64_t offset = first * map_.page_bytes();
  const std::uint64_t size =
      std::min(source_.size_bytes() - offset, std::uint64_t{pages} * map_.page_bytes());
  buffer_.resize(pages * map_.page_bytes());
  source_.read(offset, std::span(buffer_).first(size));
  std::ranges::fill(std::span(buffer_).subspan(size), std::byte{0});
  read_bytes_ += size;
}

void PageWriter::take(const Stretch& stretch) {
  if (stretch.is_unchanged) {
    for (std::size_t i = 0; i < stretch.pages; ++i) map_.keep(stretch.first + i);
    return;
  }
  read(stretch.first, stretch.pages);
  for (std::size_t i = 0; i < stretch.pages; ++i)
    take_page(stretch.first + i, ByteView(buffer_).subspan(i * map_.page_bytes(), map_.page_bytes()));
}

void PageWriter::take_page(std::size_t page, ByteView bytes) {
  const PageHash hash = hash_page(bytes, map_.seed());
  if (hash == 0 || map_.keep(page, hash)) return;
  const auto twin = map_.find_twin(hash);
  if (twin && is_twin(*twin, bytes)) return map_.set(page, hash, twin->place);
  if (const auto base = base_of(page, bytes)) {
    patched_.bases.push_back(base->where);
    patched_.base_pages.insert(patched_.base_pages.end(), base->bytes.begin(), base->bytes.end());
    map_.set(page, hash, add(patched_, bytes));
  } else {
    map_.set(page, hash, add(fresh_, bytes));
  }
  map_.publish(page);
  for (Group* group : {&fresh_, &patched_}) {
    if (group->pages.size() == map_.pages_per_chunk() * map_.page_bytes()) end(*group);
  }
}

// The hash is a fast one: it only says where to look.
bool PageWriter::is_twin(const PageMap::Twin& twin, ByteView bytes) {
  if (twin.is_earlier) {
    const ByteView chunk = chunks_.reader().read_base(map_.chunk_id(twin.place.chunk));
    const std::size_t at = std::size_t{twin.place.page} * map_.page_bytes();
    return at + bytes.size() <= chunk.size() && std::ranges::equal(chunk.subspan(at, bytes.size()), bytes);
  }
  const std::uint64_t offset = std::uint64_t{twin.page} * map_.page_bytes();
  if (source_.size_bytes() - offset < bytes.size()) return false;
  source_.read(offset, twin_bytes_);
  read_bytes_ += twin_bytes_.size();
  return std::ranges::equal(ByteView(twin_bytes_), bytes);
}

std::optional<PageWriter::Base> PageWriter::base_of(std::size_t page, ByteView bytes) try {
  const auto place = map_.earlier_place(page);
  if (!place || place->chunk == 0) return std::nullopt;
  const auto where = stored_whole(*place);
  if (!where) return std::nullopt;
  const ByteView chunk = chunks_.reader().read_base(where->id);
  if (where->at + bytes.size() > chunk.size()) return std::nullopt;
  const ByteView old = chunk.subspan(where->at, bytes.size());
  return is_alike(old, bytes) ? std::optional(Base{*where, old}) : std::nullopt;
} catch (const base::Error& error) {
  // A damaged base is no reason not to capture.
  if (error.kind() != base::ErrorKind::corrupt) throw;
  return std::nullopt;
}

// The page itself; where that is stored as a difference, the page that it differs from: chains would make
// every read need pages from everywhere.
std::optional<FrameBase> PageWriter::stored_whole(PagePlace place) {
  if (place.chunk != origin_chunk_) {
    origin_ = chunks_.reader().origin_of(map_.chunk_id(place.chunk));
    origin_chunk_ = place.chunk;
  }
  const std::uint32_t page_bytes = map_.page_bytes();
  if (origin_.depth == 0) return FrameBase{map_.chunk_id(place.chunk), place.page * page_bytes, page_bytes};
  if (place.page >= origin_.bases.size() || origin_.bases[place.page].size != page_bytes) return std::nullopt;
  return origin_.bases[place.page];
}

PagePlace PageWriter::add(Group& group, ByteView bytes) {
  if (group.pages.empty()) group.number = map_.new_chunk();
  const auto page = static_cast<std::uint32_t>(group.pages.size() / map_.page_bytes());
  group.pages.insert(group.pages.end(), bytes.begin(), bytes.end());
  return {group.number, page};
}

void PageWriter::end(Group& group) {
  if (group.pages.empty()) return;
  map_.name_chunk(group.number, chunks_.put_pages(group.pages, std::move(group.bases), group.base_pages));
  group = {};
}

void PageWriter::finish() {
  end(fresh_);
  end(patched_);
  chunks_.finish();
}

}  // namespace

Layer ImageWriter::write(const std::string& name, ImageSource& source, const Layer* previous) {
  const std::uint64_t size = source.size_bytes();
  PageMap map(size, previous, chunks_.reader());
  const auto stretches = cut(source.extents(), map);
  std::uint64_t to_read = 0;
  for (const Stretch& stretch : stretches)
    to_read += stretch.is_unchanged ? 0 : stretch.pages * map.page_bytes();
  progress_.begin("storing " + name, to_read);
  base::LockedProgress progress(progress_);
  std::atomic<std::size_t> next = 0;
  std::atomic<std::uint64_t> read_bytes = 0;
  base::run_parallel(base::usable_cpus(), [&](unsigned) {
    PageWriter writer(session_, map, source);
    for (std::size_t i = next++; i < stretches.size(); i = next++) {
      writer.take(stretches[i]);
      if (!stretches[i].is_unchanged) progress.advance(stretches[i].pages * map.page_bytes());
    }
    writer.finish();
    read_bytes += writer.read_bytes();
  });
  progress_.end();
  stats_.read_bytes += read_bytes;
  Layer layer{name, "pages", {}, size, 0, 0};
  store(map, size, layer);
  return layer;
}

void ImageWriter::store(const PageMap& map, std::uint64_t size, Layer& layer) {
  PagesRoot root{{}, {}, map.page_bytes(), map.seed()};
  ContentWriter writer(chunks_);
  if (map.previous()) writer.follow(map.previous()->data);
  root.data = writer.finish_with(map.extents(size));
  if (map.previous()) writer.follow(map.previous()->table);
  writer.write(map.table());
  root.table = writer.finish();
  ByteWriter object;
  serialise(root, object);
  layer.root = to_hex(chunks_.put(object.bytes()));
}

}  // namespace deskloom::snapshot
