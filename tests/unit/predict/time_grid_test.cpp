#include "predict/time_grid.hpp"

#include "support/catch.hpp"

using namespace deskloom;
using predict::TimeGrid;

namespace {

base::Timestamp at(const std::string& text) { return base::parse_rfc3339(text + ".000Z"); }

}  // namespace

TEST_CASE("slots begin at a local midnight, and know the clock on the wall over its changes") {
  const TimeGrid grid(base::TimeZone("Europe/Warsaw"), at("2026-03-28T10:00:00"), at("2026-03-30T22:00:00"));
  CHECK(grid.begin_s() ==
        std::chrono::floor<std::chrono::seconds>(at("2026-03-27T23:00:00")).time_since_epoch().count());
  CHECK(grid.slots() == 96 + 92 + 96);
  CHECK(grid.hour_of_week(0) == 5 * 96);
  CHECK(grid.hour_of_week(96) == 6 * 96);
  CHECK(grid.hour_of_week(96 + 7) == 6 * 96 + 7);
  CHECK(grid.hour_of_week(96 + 8) == 6 * 96 + 12);  // two o'clock became three
  CHECK(grid.hour_of_week(96 + 92) == 0);
  CHECK(grid.day_begin(95) == 0);
  CHECK(grid.day_begin(96 + 91) == 96);
  CHECK(grid.day_begin(96 + 92) == 96 + 92);
}

TEST_CASE("times belong to the slot that they lie in, before the first one too") {
  const TimeGrid grid(base::TimeZone("UTC"), at("2026-03-28T00:00:00"), at("2026-03-29T00:00:00"));
  CHECK(grid.slot_of(grid.begin_s()) == 0);
  CHECK(grid.slot_of(grid.begin_s() + 899) == 0);
  CHECK(grid.slot_of(grid.begin_s() + 900) == 1);
  CHECK(grid.slot_of(grid.begin_s() - 1) == -1);
  CHECK(grid.slot_of(grid.begin_s() - 901) == -2);
  CHECK(grid.time_s(4) == grid.begin_s() + 3600);
}
