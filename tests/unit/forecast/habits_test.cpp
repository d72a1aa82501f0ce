// Habits between forecasts (SPEC D4).
#include "forecast/habits.hpp"

#include <limits>

#include "base/error.hpp"
#include "forecast/packing.hpp"
#include "support/catch.hpp"
#include "support/temp_dir.hpp"

using namespace deskloom;
using namespace deskloom::forecast;
using namespace deskloom::test;
#ifdef DESKLOOM_CATCH2_V2
using Catch::Detail::Approx;
#endif

TEST_CASE("counts are packed to two bytes each") {
  predict::HabitCounts counts;
  counts.connects[3] = 1.25F;
  counts.exposed.fill(11.9F);
  counts.present[671] = 1000;
  counts.weeks = 11.99F;
  const std::string packed = pack(counts);
  CHECK(packed.size() == 3 * 672 * 2 + 4);
  const auto unpacked = unpack(packed);
  CHECK(unpacked.connects[3] == 1.25F);
  CHECK(unpacked.exposed[0] == Approx(11.9).epsilon(1e-4));
  CHECK(unpacked.present[671] > 30);  // the most that fits
  CHECK(unpacked.weeks == 11.99F);
  CHECK_THROWS_AS(unpack(packed.substr(1)), base::Error);
}

TEST_CASE("bytes that nobody has written are no counts and no sessions") {
  predict::HabitCounts counts;
  counts.weeks = 3;
  const std::string packed = pack(counts), exactly = pack_exactly(counts);
  CHECK(unpack_exactly(bytes_of(exactly)).weeks == 3);
  CHECK_THROWS_AS(unpack(packed + '\0'), base::Error);
  CHECK_THROWS_AS(unpack_exactly(bytes_of(exactly + '\0')), base::Error);
  constexpr float infinite = std::numeric_limits<float>::infinity();
  for (const float wrong : {-1.0F, infinite, std::numeric_limits<float>::quiet_NaN()}) {
    counts.weeks = wrong;
    CHECK_THROWS_AS(unpack(pack(counts)), base::Error);
    predict::HabitCounts all;
    all.present[5] = wrong;
    CHECK_THROWS_AS(unpack_exactly(bytes_of(pack_exactly(all))), base::Error);
  }
  using Sessions = std::vector<domain::Session>;
  CHECK(unpack_sessions(bytes_of(pack_sessions({{1, 2}, {2, 9}}))).size() == 2);
  for (const Sessions& wrong : {Sessions{{2, 1}}, Sessions{{1, 5}, {4, 9}}, Sessions{{-1, 5}},
                                Sessions{{1, std::numeric_limits<std::int64_t>::max()}}})
    CHECK_THROWS_AS(unpack_sessions(bytes_of(pack_sessions(wrong))), base::Error);
  CHECK_THROWS_AS(unpack_sessions(bytes_of(pack_sessions({{1, 2}}).substr(1))), base::Error);
}

TEST_CASE("a session that was open before the last one ended is damage") {
  const TempDir dir;
  Store store(dir / "forecast.sqlite", Store::Access::write);
  Habit habit;
  habit.sessions = {{100, 200}};
  habit.open_since = 150;
  HabitWriter writer(store);
  writer.add("ann", habit);
  writer.finish({});
  CHECK_THROWS_AS(each_habit(store, [](PackedHabit&&) {}), base::Error);
}

TEST_CASE("habits are written all together") {
  const TempDir dir;
  Store store(dir / "forecast.sqlite", Store::Access::write);
  CHECK_FALSE(counted(store));
  Habit habit;
  habit.counts.connects[1] = 2;
  habit.sessions = {{100, 200}, {300, 400}};
  habit.open_since = 500;
  Counted of{1000, 7, habit.counts, 3.5F};
  {
    HabitWriter writer(store);
    writer.add("ann", habit);
    writer.finish(of);
  }
  { HabitWriter(store).add("bob", habit); }  // never finished
  REQUIRE(counted(store));
  CHECK(counted(store)->until == 1000);
  CHECK(counted(store)->late == 7);
  CHECK(counted(store)->weeks == 3.5F);
  CHECK(counted(store)->all.connects[1] == 2);
  int habits = 0;
  each_habit(store, [&](PackedHabit&& packed) {
    CHECK(packed.user == "ann");
    CHECK(unpack(packed.counts).connects[1] == 2);
    REQUIRE(packed.sessions.size() == 2);
    CHECK(packed.sessions[1].end_s == 400);
    CHECK(packed.open_since == 500);
    ++habits;
  });
  CHECK(habits == 1);
}
