#include "snapshot/content_diff.hpp"

#include "snapshot/image.hpp"
#include "snapshot_builders.hpp"
#include "support/catch.hpp"

using namespace deskloom;
using namespace deskloom::test;
using snapshot::Layer;

namespace {

constexpr std::size_t page = 4096;

Layer capture_image(const TempStore& temp, const std::string& bytes, const Layer* previous = nullptr) {
  base::NoProgress progress;
  write_file(temp.dir / "image", bytes);
  const auto image = snapshot::local_image(temp.dir / "image");
  const auto writer = temp.store->begin(progress);
  const Layer layer = writer->put_image("memory", *image, previous);
  writer->commit(base::Json::object(), base::Timestamp{});
  return layer;
}

Layer capture_stream(const TempStore& temp, const std::string& bytes) {
  base::NoProgress progress;
  StringSource source(bytes);
  const auto writer = temp.store->begin(progress);
  const Layer layer = writer->put_stream("blob", source);
  writer->commit(base::Json::object(), base::Timestamp{});
  return layer;
}

std::string patched(std::string bytes, std::size_t at, const std::string& with) {
  return bytes.replace(at, with.size(), with);
}

}  // namespace

TEST_CASE("of two images of one lineage, every page that differs is counted") {
  const TempStore temp;
  const std::string bytes = noise(200 * page) + std::string(50 * page, '\0') + noise(100, 2);
  const Layer before = capture_image(temp, bytes);
  std::string later = patched(bytes, 10 * page + 5, "x");
  later = patched(later, 90 * page - 1, "two pages");
  later = patched(later, 100 * page, std::string(page, '\0'));  // freed
  later = patched(later, 220 * page, "used");
  later = patched(later, 150 * page, bytes.substr(3 * page, page));  // a copy of another
  const auto diff = temp.store->diff_content(before, capture_image(temp, later, &before));
  CHECK(diff.is_exact);
  CHECK(diff.differing_pages == 6);
  CHECK(diff.differing_bytes == 6 * page);
}

TEST_CASE("what an image has grown or shrunk by differs") {
  const TempStore temp;
  const std::string bytes = noise(20 * page);
  const Layer before = capture_image(temp, bytes);
  const Layer after = capture_image(temp, bytes + noise(2 * page + 10, 2), &before);
  for (const auto& diff :
       {temp.store->diff_content(before, after), temp.store->diff_content(after, before)}) {
    CHECK(diff.differing_pages == 3);
    CHECK(diff.differing_bytes == 2 * page + 10);
  }
}

TEST_CASE("an image that did not change differs in nothing") {
  const TempStore temp;
  const Layer before = capture_image(temp, noise(20 * page));
  const auto diff = temp.store->diff_content(before, capture_image(temp, noise(20 * page), &before));
  CHECK(diff.is_exact);
  CHECK(diff.differing_pages == 0);
  CHECK(diff.differing_bytes == 0);
}

TEST_CASE("of images that do not go on from one another, it is told how much is new at most") {
  const TempStore temp;
  const std::string bytes = noise(500 * page);
  const Layer before = capture_image(temp, bytes);
  const auto same = temp.store->diff_content(before, capture_image(temp, bytes));
  CHECK(same.differing_bytes == 0);
  const auto diff = temp.store->diff_content(before, capture_image(temp, patched(bytes, 99 * page, "x")));
  CHECK_FALSE(diff.is_exact);
  CHECK_FALSE(diff.differing_pages);
  CHECK(diff.differing_bytes >= page);
  CHECK(diff.differing_bytes <= 100 * page);
}

TEST_CASE("a stream's beginning that moved what follows is what differs") {
  const TempStore temp;
  const std::string bytes = noise(3'000'000);
  const auto diff =
      temp.store->diff_content(capture_stream(temp, bytes), capture_stream(temp, "new" + bytes));
  CHECK_FALSE(diff.is_exact);
  CHECK(diff.differing_bytes > 0);
  CHECK(diff.differing_bytes < 500'000);
}

TEST_CASE("differences of images are found without reading them") {
  const TempStore temp;
  const Layer before = capture_image(temp, noise(100 * page));
  const Layer after = capture_image(temp, patched(noise(100 * page), 0, "x"), &before);
  for (const auto& pack : temp.packs())
    if (std::filesystem::file_size(pack) > 50 * page) flip_byte(pack, 25 * page);
  const auto store = temp.open();
  CHECK(error_kind([&] { read_all(*store->open_stream(before)); }) == base::ErrorKind::corrupt);
  CHECK(store->diff_content(before, after).differing_pages == 1);
}

TEST_CASE("trees are not compared as bytes") {
  const TempStore temp;
  FakeTree tree;
  const Layer layer = capture(*temp.store, tree).tree();
  CHECK(error_kind([&] { temp.store->diff_content(layer, layer); }) == base::ErrorKind::usage);
}
