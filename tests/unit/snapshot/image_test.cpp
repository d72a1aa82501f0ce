// Volumes and memory: layers of pages (SPEC A4).
#include <fcntl.h>
#include <unistd.h>

#include "image_builders.hpp"
#include "support/catch.hpp"

using namespace deskloom;
using namespace deskloom::snapshot;
using namespace deskloom::test;

namespace {

constexpr std::size_t page = 4096;

void restore_image(const Store& store, const Layer& layer, const std::filesystem::path& file) {
  base::NoProgress progress;
  store.restore_image(layer, *local_image_sink(file), progress);
}

// Data, zeros, a page that is there twice, and an end in the middle of a page.
std::string some_memory() {
  const std::string data = noise(100 * page);
  return data + std::string(50 * page, '\0') + data.substr(7 * page, page) + noise(1000, 9);
}

std::string patched(std::string bytes, std::size_t at, const std::string& with) {
  return bytes.replace(at, with.size(), with);
}

}  // namespace

TEST_CASE("an image comes back as it was, whatever its length, and zeros and twins take no space") {
  TempStore temp;
  const std::size_t size = GENERATE(as<std::size_t>{}, 0, 1, 4095, 4096, 4097, 300 * 1024, (5 << 20) + 17);
  CAPTURE(size);
  FakeImage plain(noise(size, 3));
  CHECK(stored(*temp.store, capture_image(*temp.store, plain).layer) == plain.bytes);

  FakeImage memory(some_memory());
  const auto captured = capture_image(*temp.store, memory);
  CHECK(stored(*temp.store, captured.layer) == memory.bytes);
  CHECK(captured.layer.kind == "pages");
  CHECK(captured.stats.added_bytes < 103 * page);
  restore_image(*temp.store, captured.layer, temp.dir / "out");
  CHECK(read_text(temp.dir / "out") == memory.bytes);
}

TEST_CASE(
    "a second capture stores only pages that changed, and those that are like the old ones as differences") {
  TempStore temp;
  FakeImage memory(some_memory());
  auto before = capture_image(*temp.store, memory);
  memory.bytes = patched(memory.bytes, 20 * page, noise(page, 77));  // new
  memory.bytes = patched(memory.bytes, 40 * page + 8, "counter!");   // patched
  memory.bytes =
      patched(memory.bytes, 60 * page, memory.bytes.substr(3 * page, page));  // copied from elsewhere
  memory.bytes = patched(memory.bytes, 80 * page, std::string(page, '\0'));   // freed
  const auto after = capture_image(*temp.store, memory, &before.layer);
  CHECK(stored(*temp.store, after.layer) == memory.bytes);
  CHECK(after.stats.added_bytes < 2 * page);
  CHECK(after.stats.added_bytes > page);

  // Again and again the same page: the difference is always from the one that is stored whole.
  auto last = after.layer;
  for (int round = 0; round < 8; ++round) {
    memory.bytes = patched(memory.bytes, 40 * page + 80, "round " + std::to_string(round));
    const auto again = capture_image(*temp.store, memory, &last);
    CHECK(again.stats.added_bytes < 1500);
    CHECK(stored(*temp.store, again.layer) == memory.bytes);
    last = again.layer;
  }
  base::NoProgress progress;
  CHECK(temp.store->verify(true, progress).problems.empty());
}

TEST_CASE("with the dirty ranges given only these are read, however they lie") {
  TempStore temp;
  FakeImage memory(some_memory());
  const auto before = capture_image(*temp.store, memory);
  memory.bytes = patched(memory.bytes, 30 * page - 5, noise(10, 5));
  memory.dirty = {30 * page - 5, 10};
  const auto after = capture_image(*temp.store, memory, &before.layer);
  CHECK(after.stats.read_bytes == 2 * page);
  CHECK(stored(*temp.store, after.layer) == memory.bytes);
  memory.dirty = {0, 0};
  const auto same = capture_image(*temp.store, memory, &after.layer);
  CHECK(same.stats.read_bytes == 0);
  CHECK(stored(*temp.store, same.layer) == memory.bytes);
}

TEST_CASE("an image that grew or shrank goes on from the one before") {
  TempStore temp;
  FakeImage memory(some_memory());
  const auto before = capture_image(*temp.store, memory);
  memory.bytes += noise(3 * page, 12);
  const auto grown = capture_image(*temp.store, memory, &before.layer);
  CHECK(stored(*temp.store, grown.layer) == memory.bytes);
  CHECK(grown.stats.added_bytes < 6 * page);
  memory.bytes.resize(10 * page + 3);
  const auto shrunk = capture_image(*temp.store, memory, &grown.layer);
  CHECK(stored(*temp.store, shrunk.layer) == memory.bytes);
  CHECK(shrunk.stats.added_bytes < 2 * page);
}

TEST_CASE("gc keeps what an image's differences rest on") {
  TempStore temp;
  FakeImage memory(some_memory());
  const auto before = capture_image(*temp.store, memory);
  memory.bytes = patched(memory.bytes, 40 * page + 8, "counter!");
  const auto after = capture_image(*temp.store, memory, &before.layer);
  temp.store->remove(temp.store->list().front());
  base::NoProgress progress;
  temp.store->collect(std::chrono::milliseconds(0), false, progress);
  const auto reopened = temp.open();
  REQUIRE(reopened->list().size() == 1);
  const Layer left = reopened->get(reopened->list().front()).layers.front();
  const std::string bytes = stored(*reopened, left);
  CHECK((bytes == memory.bytes || left.root == before.layer.root));
  CHECK(reopened->verify(true, progress).problems.empty());
}

TEST_CASE("a predecessor that is damaged costs a full capture, not the capture") {
  TempStore temp;
  FakeImage memory(some_memory());
  auto before = capture_image(*temp.store, memory).layer;
  for (const auto& pack : temp.packs()) std::filesystem::remove(pack);
  for (const auto& table : std::filesystem::directory_iterator(temp.path() / "index"))
    std::filesystem::remove(table);
  const auto store = temp.open();
  const auto after = capture_image(*store, memory, &before);
  CHECK(stored(*store, after.layer) == memory.bytes);
}

TEST_CASE("a restore over an existing image writes only what differs, and ends with exactly the image") {
  TempStore temp;
  FakeImage memory(some_memory());
  const auto captured = capture_image(*temp.store, memory);
  const auto file = temp.dir / "disk.img";
  std::string there = patched(memory.bytes, 5 * page + 1, "scribble");
  there = patched(there, 120 * page, "not zero") + "a longer end";
  write_file(file, there);
  restore_image(*temp.store, captured.layer, file);
  CHECK(read_text(file) == memory.bytes);
}

TEST_CASE("a restored image is sparse, and one that could not be restored is not left behind") {
  TempStore temp;
  FakeImage memory(noise(page) + std::string(4 << 20, '\0') + noise(page, 2));
  const auto captured = capture_image(*temp.store, memory);
  const auto file = temp.dir / "sparse.img";
  restore_image(*temp.store, captured.layer, file);
  CHECK(std::filesystem::file_size(file) == memory.bytes.size());
  const auto again = local_image(file);
  std::uint64_t data = 0;
  for (const auto& extent : again->extents())
    data += extent.kind == ImageExtentKind::data ? extent.length : 0;
  CHECK(data < 1 << 20);

  for (const auto& pack : temp.packs()) std::filesystem::remove(pack);
  const auto store = temp.open();
  CHECK(error_kind([&] { restore_image(*store, captured.layer, temp.dir / "never.img"); }) ==
        base::ErrorKind::corrupt);
  CHECK_FALSE(std::filesystem::exists(temp.dir / "never.img"));
}

TEST_CASE("a local image has holes, and says what it cannot be") {
  TempStore temp;
  const auto file = temp.dir / "holes.img";
  write_file(file, "x");
  std::filesystem::resize_file(file, 1 << 20);
  FakeImage whole(read_text(file));
  const auto source = local_image(file);
  const auto captured = capture_image(*temp.store, *source);
  CHECK(captured.stats.read_bytes < 128 << 10);
  CHECK(stored(*temp.store, captured.layer) == whole.bytes);
  CHECK(error_kind([&] { local_image(temp.dir / "none"); }) == base::ErrorKind::not_found);
  CHECK_THAT(error_text([&] { local_image(temp.dir.path()); }),
             Contains("neither a file nor a block device"));
}
