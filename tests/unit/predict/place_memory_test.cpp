// What is remembered of where users were (SPEC D5).
#include "predict/place/memory.hpp"

#include "support/catch.hpp"

using namespace deskloom::predict;

TEST_CASE("a user's hours are remembered for eight weeks, and gaps stay gaps") {
  UserMemory memory;
  CHECK(memory.at(0) == UserMemory::nowhere);
  CHECK(memory.newest() == no_hour);
  CHECK(memory.see(5, 70));
  CHECK(memory.see(7, 80));
  CHECK_FALSE(memory.see(8, 70));
  CHECK(memory.at(4) == UserMemory::nowhere);
  CHECK(memory.at(5) == 0);
  CHECK(memory.at(6) == UserMemory::nowhere);
  CHECK(memory.at(7) == 1);
  CHECK(memory.at(9) == UserMemory::nowhere);
  memory.see(7 + UserMemory::span_h, 80);
  CHECK(memory.at(7) == UserMemory::nowhere);
  CHECK(memory.at(8) == 0);
  memory.see(100 * UserMemory::span_h, 80);
  CHECK(memory.at(7 + UserMemory::span_h) == UserMemory::nowhere);
  CHECK(memory.places().size() == 2);
  CHECK(memory.news() < memory.sightings());
}

TEST_CASE("what was seen long ago counts less, and less still among what was seen lately") {
  UserMemory memory;
  for (WallHour hour = 0; hour < day_h; ++hour) memory.see(hour, 1);
  memory.see(43 * day_h - 1, 2);
  CHECK_THAT(memory.places()[0].often, Catch::Matchers::WithinAbs(12, 0.01));
  CHECK(memory.places()[0].lately < 0.1F);
  CHECK(memory.places()[1].often == 1);
}

TEST_CASE("a group knows when a place is visited, and that it is now") {
  GroupMemory group;
  CHECK(group.lift(1, 12, false) == 1);
  CHECK(group.lift_now(1, 12) == 1);
  CHECK(group.lift_of_news(12, false) == 1);
  for (WallHour day = 0; day < 30; ++day) {
    group.see(day * day_h + 9, false, 1, false);
    group.see(day * day_h + 20, false, 2, day == 5);
  }
  CHECK(group.lift(1, 9, false) > 5 * group.lift(1, 20, false));
  CHECK(group.lift(1, 9, false) > 2 * group.lift(1, 9, true));
  CHECK(group.lift_of_news(20, false) > 1);
  const WallHour now = 29 * day_h + 20;
  CHECK(group.lift_now(2, now) > group.lift_now(1, now));
  CHECK(group.lift_now(3, now) == 1);
}

TEST_CASE("weekends and holidays are free") {
  const PlaceMemory memory(std::vector<std::size_t>{0}, {2, 9});
  CHECK_FALSE(memory.is_free(2 * day_h - 1));
  CHECK(memory.is_free(2 * day_h));
  CHECK(memory.is_free(5 * day_h));
  CHECK(memory.is_free(7 * day_h - 1));
  CHECK_FALSE(memory.is_free(7 * day_h));
  CHECK(memory.is_free(9 * day_h + 12));
}

TEST_CASE("places are counted by how many users have seen them") {
  PlaceMemory memory(std::vector<std::size_t>{0, 1, 0}, {});
  for (const std::size_t user : {0U, 1U, 2U}) memory.see(user, 3, 7);
  memory.see(1, 4, 7);
  memory.see(1, 5, 8);
  CHECK(memory.visitors().at(7) == 3);
  CHECK(memory.visitors().at(8) == 1);
  CHECK(memory.all_visitors() == 4);
}
