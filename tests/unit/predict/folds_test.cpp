// Windows of a back-test with a rolling origin (SPEC D4).
#include "predict/folds.hpp"

#include "base/error.hpp"
#include "support/catch.hpp"

using namespace deskloom;
using namespace deskloom::predict;

TEST_CASE("folds lie one behind the other, begin whole steps behind the first, and leave nothing out") {
  const Folds folds(100, 175, 3, 10);
  REQUIRE(folds.count() == 3);
  CHECK(folds.from() == 100);
  CHECK(folds.until() == 175);
  for (std::size_t fold = 0; fold < 3; ++fold) {
    CHECK((folds.begin(fold) - 100) % 10 == 0);
    CHECK(folds.end(fold) - folds.begin(fold) >= 20);
    if (fold > 0) CHECK(folds.begin(fold) == folds.end(fold - 1));
  }
  CHECK(folds.fold_of(100) == 0);
  CHECK(folds.fold_of(folds.begin(1) - 1) == 0);
  CHECK(folds.fold_of(folds.begin(1)) == 1);
  CHECK(folds.fold_of(174) == 2);
  CHECK(folds.contain(100));
  CHECK_FALSE(folds.contain(175));
  CHECK_FALSE(folds.contain(99));
}

TEST_CASE("folds are the same windows in another unit, and one fold is all of it") {
  const auto hours = Folds(96, 96 * 11, 2, 96).in([](std::int64_t slot) { return slot / 4; });
  CHECK(hours.from() == 24);
  CHECK(hours.end(0) == 24 * 6);
  CHECK(hours.until() == 24 * 11);
  CHECK(Folds(5, 6).end(0) == 6);
}

TEST_CASE("more folds than steps, or no test at all, is an error that says so") {
  CHECK_THROWS_AS(Folds(0, 29, 3, 10), base::Error);
  CHECK_THROWS_AS(Folds(10, 10), base::Error);
  CHECK_THROWS_AS(Folds(10, 5), base::Error);
  CHECK_THROWS_AS(Folds(0, 100, 0), base::Error);
  CHECK_NOTHROW(Folds(0, 30, 3, 10));
}
