// Images that are read where somebody looks (SPEC A8).
#include <atomic>
#include <random>
#include <thread>

#include "image_builders.hpp"
#include "sealed_store.hpp"
#include "snapshot/tree_view.hpp"
#include "support/catch.hpp"

using namespace deskloom;
using namespace deskloom::snapshot;
using namespace deskloom::test;

namespace {

constexpr std::size_t page = 4096;
constexpr std::size_t pages_of_stretches = 3 * 1024;  // some stretches, each with a lane of its own

// Data, a hole, data again, and an end in the middle of a page.
std::string some_volume() {
  return noise(pages_of_stretches * page) + std::string(500 * page, '\0') + noise(40 * page + 100, 2);
}

std::string read_at(RandomReader& image, std::uint64_t offset, std::size_t size) {
  std::string text(size, '?');
  text.resize(image.read(std::as_writable_bytes(std::span(text.data(), text.size())), offset));
  return text;
}

}  // namespace

TEMPLATE_TEST_CASE("A8: an image is read anywhere, by several threads, as it was captured", "", TempStore,
                   SealedStore) {
  const TestType temp;
  FakeImage volume(some_volume());
  const auto first = capture_image(*temp.store, volume);
  volume.bytes.replace(70 * page + 9, 5, "later");  // a difference from the page before
  const auto layer = capture_image(*temp.store, volume, &first.layer).layer;
  const auto image = temp.store->open_image(layer);
  std::atomic<int> differing = 0;
  std::vector<std::thread> threads;
  for (unsigned seed = 0; seed < 4; ++seed) {
    threads.emplace_back([&, seed] {
      std::mt19937_64 random(seed);
      for (int i = 0; i < 200; ++i) {
        const std::uint64_t offset = random() % (volume.bytes.size() + page);
        const std::size_t size = 1 + random() % (300 * 1024);
        const std::string expected =
            offset < volume.bytes.size() ? volume.bytes.substr(offset, size) : std::string();
        if (read_at(*image, offset, size) != expected) ++differing;
      }
    });
  }
  for (auto& thread : threads) thread.join();
  CHECK(differing == 0);
}

TEST_CASE("A8: an image tells where it holds data, and its holes cost nothing to read") {
  const TempStore temp;
  FakeImage volume(some_volume());
  const auto image = temp.store->open_image(capture_image(*temp.store, volume).layer);
  const auto& ranges = image->data_ranges();
  REQUIRE(ranges.size() == 2);
  CHECK(ranges[0].offset == 0);
  CHECK(ranges[0].size == pages_of_stretches * page);
  CHECK(ranges[1].offset == (pages_of_stretches + 500) * page);
  CHECK(ranges[1].offset + ranges[1].size == volume.bytes.size());
}

TEST_CASE("A8: what is damaged is an error where it is read, and nothing elsewhere") {
  const TempStore temp;
  FakeImage volume(some_volume());
  const auto layer = capture_image(*temp.store, volume).layer;
  damage_data(temp);
  const auto store = temp.open();
  const auto image = store->open_image(layer);
  int damaged = 0;
  for (std::size_t at = 0; at < volume.bytes.size(); at += 64 * page) {
    try {
      const std::string bytes = read_at(*image, at, 64 * page);
      CHECK(bytes == volume.bytes.substr(at, 64 * page));
    } catch (const base::Error& error) {
      CHECK(error.kind() == base::ErrorKind::corrupt);
      ++damaged;
    }
  }
  CHECK(damaged > 0);
  CHECK(damaged < 40);
}

TEST_CASE("A8: only layers of pages are images") {
  const TempStore temp;
  FakeTree tree;
  const auto captured = capture(*temp.store, tree);
  CHECK(error_kind([&] { temp.store->open_image(captured.tree()); }) == base::ErrorKind::usage);
}

TEST_CASE("A8: where an image differs from the one before is told page by page") {
  const TempStore temp;
  FakeImage volume(some_volume());
  const auto before = capture_image(*temp.store, volume).layer;
  volume.bytes.replace(70 * page + 9, 5, "later");
  volume.bytes.replace(71 * page, 1, std::string(1, static_cast<char>(~volume.bytes[71 * page])));
  volume.bytes.replace(3100 * page, 4, "used");
  volume.bytes.back() = static_cast<char>(~volume.bytes.back());
  const auto after = capture_image(*temp.store, volume, &before).layer;
  const auto ranges = temp.store->differing_ranges(before, after);
  REQUIRE(ranges.size() == 3);
  CHECK(ranges[0].offset == 70 * page);
  CHECK(ranges[0].size == 2 * page);
  CHECK(ranges[1].offset == 3100 * page);
  CHECK(ranges[1].size == page);
  CHECK(ranges[2].offset + ranges[2].size == volume.bytes.size());
  CHECK(temp.store->differing_ranges(after, after).empty());
  FakeImage stranger(noise(10 * page, 5));
  CHECK(temp.store->differing_ranges(before, capture_image(*temp.store, stranger).layer).empty());
}
