#include "fleet/extents.hpp"

#include "throws.hpp"

using namespace deskloom;
using namespace deskloom::fleet;
using test::error_of;
using Runs = std::vector<StatusRun>;

namespace {

constexpr std::uint32_t hole = allocation_hole | allocation_zero;

std::vector<Extent> extents_of(std::uint64_t size_bytes, const Runs& allocation,
                               const std::optional<Runs>& dirty = std::nullopt) {
  ExtentBuilder builder(size_bytes);
  builder.add_reply(allocation, dirty);
  return builder.finish();
}

}  // namespace

TEST_CASE("a full scan tells data from what reads as zeros, and merges neighbours") {
  CHECK(
      extents_of(100, {{10, 0}, {20, 0}, {30, hole}, {30, allocation_zero}, {10, 0}}) ==
      std::vector<Extent>{{0, 30, ExtentKind::data}, {30, 60, ExtentKind::zero}, {90, 10, ExtentKind::data}});
}

TEST_CASE("a hole that does not read as zeros is data") {
  CHECK(extents_of(10, {{10, allocation_hole}}) == std::vector<Extent>{{0, 10, ExtentKind::data}});
}

TEST_CASE("what the dirty bitmap leaves out is unchanged; what it names may be zeros now") {
  const auto extents = extents_of(100, {{50, 0}, {50, hole}}, Runs{{20, 0}, {60, bitmap_dirty}, {20, 0}});
  CHECK(extents == std::vector<Extent>{{0, 20, ExtentKind::unchanged},
                                       {20, 30, ExtentKind::data},
                                       {50, 30, ExtentKind::zero},
                                       {80, 20, ExtentKind::unchanged}});
}

TEST_CASE("of a reply as much is taken as both contexts tell") {
  ExtentBuilder builder(100);
  builder.add_reply({{100, 0}}, Runs{{40, bitmap_dirty}});
  CHECK(builder.covered() == 40);
  builder.add_reply({{60, 0}}, Runs{{60, bitmap_dirty}});
  CHECK(builder.finish() == std::vector<Extent>{{0, 100, ExtentKind::data}});
}

TEST_CASE("the last run may be rounded up past the volume's end") {
  CHECK(extents_of(100, {{60, 0}, {64, hole}}) ==
        std::vector<Extent>{{0, 60, ExtentKind::data}, {60, 40, ExtentKind::zero}});
}

TEST_CASE("a volume of nothing has no extents") { CHECK(ExtentBuilder(0).finish().empty()); }

TEST_CASE("no status of a hostile server is believed") {
  const Runs replies[] = {
      {},                            // tells nothing
      {{0, 0}},                      // no length
      {{10, 0}, {0, 0}, {10, 0}},    // no length in between
      {{100, 0}, {1, 0}},            // starts past the end
      {{UINT64_MAX, 0}, {1, hole}},  // would overflow
  };
  for (const auto& reply : replies) {
    CHECK(error_of([&] { extents_of(100, reply); }).kind() == base::ErrorKind::failed);
    CHECK(error_of([&] { extents_of(100, {{100, 0}}, reply); }).kind() == base::ErrorKind::failed);
  }
}

TEST_CASE("a volume that was not told of to its end is refused") {
  CHECK(error_of([] { extents_of(100, {{99, 0}}); }).kind() == base::ErrorKind::failed);
}

TEST_CASE("past its limit of extents a volume is read as data") {
  ExtentBuilder builder(1000, 4);
  Runs runs;
  for (int i = 0; i < 100; ++i) runs.push_back({10, i % 2 == 0 ? hole : 0});
  builder.add_reply(runs, std::nullopt);
  const auto extents = builder.finish();
  CHECK(extents.size() == 4);
  CHECK(extents.back() == Extent{30, 970, ExtentKind::data});
}
