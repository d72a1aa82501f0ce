// A3, A4: of an image whose changed ranges are given nothing else is read.
#include "snapshot/changed_image.hpp"

#include "image_builders.hpp"
#include "support/catch.hpp"

using namespace deskloom::snapshot;
using namespace deskloom::test;

namespace {

constexpr std::uint64_t page = 4096;

std::vector<std::pair<std::uint64_t, std::uint64_t>> parsed(const std::string& text) {
  std::vector<std::pair<std::uint64_t, std::uint64_t>> pairs;
  for (const DataRange& range : parse_changed_ranges(text, "ranges"))
    pairs.emplace_back(range.offset, range.size);
  return pairs;
}

using Pairs = std::vector<std::pair<std::uint64_t, std::uint64_t>>;

std::unique_ptr<ImageSource> image(const std::string& bytes) { return std::make_unique<FakeImage>(bytes); }

}  // namespace

TEST_CASE("changed ranges are read as nbdinfo prints them, joined and in order") {
  CHECK(parsed("") == Pairs{});
  CHECK(parsed("# none\n\n  \n") == Pairs{});
  CHECK(parsed("8192 4096\n0 4096\n") == Pairs{{0, 4096}, {8192, 4096}});
  CHECK(parsed("0 8192\n4096 8192\n12288 1") == Pairs{{0, 12289}});
  CHECK(parsed("         0       65536    0  clean\n     65536       65536    1  dirty\r\n") ==
        Pairs{{65536, 65536}});
  CHECK(parsed("0x1000 0x10 1\n0 0 1\n") == Pairs{{4096, 16}});
}

TEST_CASE("a line that is no range is refused by its number") {
  const auto text_of = [](const std::string& text) { return error_text([&] { parsed(text); }); };
  CHECK_THAT(text_of("0 1\nhere 4096\n"), Contains("ranges:2: 'here 4096' is no offset"));
  CHECK_THAT(text_of("12\n"), Contains("ranges:1: '' is no length"));
  CHECK_THAT(text_of("0 12k\n"), Contains("'12k' is no length"));
  CHECK_THAT(text_of("0 4 dirty\n"), Contains("'dirty' is no type"));
  CHECK_THAT(text_of("-1 4\n"), Contains("is no offset"));
  CHECK_THAT(text_of("18446744073709551615 2\n"), Contains("too long"));
  CHECK_THAT(text_of("99999999999999999999 2\n"), Contains("is no offset"));
}

TEST_CASE("only the ranges are read, and the rest is as it was") {
  TempStore temp;
  std::string bytes = noise(64 * page);
  const auto first = capture_image(*temp.store, *image(bytes));
  bytes.replace(5 * page + 7, 3, "new");
  bytes.replace(40 * page, page, noise(page, 2));
  const auto changed = changed_image(image(bytes), {{5 * page + 7, 3}, {40 * page, page}});
  const auto second = capture_image(*temp.store, *changed, &first.layer);
  CHECK(second.stats.read_bytes == 2 * page);
  CHECK(stored(*temp.store, second.layer) == bytes);
}

TEST_CASE("without an earlier capture all of it is read, whatever the ranges say") {
  TempStore temp;
  const std::string bytes = noise(16 * page);
  const auto only = capture_image(*temp.store, *changed_image(image(bytes), {}));
  CHECK(only.stats.read_bytes == 16 * page);
  CHECK(stored(*temp.store, only.layer) == bytes);
}

TEST_CASE("ranges of another, larger image are refused") {
  CHECK_THAT(error_text([] {
               changed_image(image(std::string(page, 'x')), {{page, 1}});
             }),
             Contains("reach to byte 4097, the image has 4096"));
}
