// Back-tests of forecasts of places (SPEC D5).
#include "predict/place/evaluation.hpp"

#include "base/error.hpp"
#include "commuters.hpp"
#include "office.hpp"
#include "support/catch.hpp"

using namespace deskloom;
using namespace deskloom::predict;
using namespace deskloom::test;

TEST_CASE("on commuters what is learnt foretells better than a Markov chain, near and far") {
  const auto grid = weeks_from_january(8);
  const PlaceTest test{{6 * week_h, hours_of(grid)}};
  std::size_t told = 0;
  const auto all = evaluate_places(grid, commuters(6, 8), test, [&](WallHour, const PlaceForecastMade& made) {
    told += made.forecast.places.empty() ? 0U : 1U;
  });
  REQUIRE(all.size() == 15);
  std::size_t count = 0;
  for (std::size_t first = 0; first < all.size(); first += 5) {
    const auto& markov = all[first + 2];
    const auto& learnt = all[first + 4];
    CAPTURE(learnt.horizon);
    CHECK(markov.model == "Markov chain");
    CHECK(learnt.scores.count == markov.scores.count);
    CHECK(learnt.scores.log_loss < 0.9 * markov.scores.log_loss);
    CHECK(learnt.scores.first >= markov.scores.first);
    CHECK(learnt.scores.among_three >= learnt.scores.first);
    count += learnt.scores.count;
  }
  CHECK(told == count);
}

TEST_CASE("a place that nobody has seen is foretold as one, not left out") {
  const auto grid = weeks_from_january(3);
  std::vector<UserSightings> users{{"ann", 0, {}}, {"bob", 0, {}}};
  for (std::int64_t hour = 0; hour < 3 * week_h; hour += 2)
    users[0].sightings.push_back({hour, static_cast<PlaceId>(hour)});
  users[1].sightings.push_back({2 * week_h + 5, 4});  // his first, where she was
  const PlaceTest test{{2 * week_h, hours_of(grid)}};
  for (const auto& one : evaluate_places(grid, users, test)) {
    CAPTURE(one.model);
    CHECK(one.scores.count == 85);
    CHECK(one.scores.first == 0);
    CHECK(one.scores.log_loss > 5);
    CHECK(one.scores.log_loss < 14);
  }
}

TEST_CASE("too little to learn places from, or to score, is an error that says so") {
  const auto grid = weeks_from_january(2);
  const auto users = commuters(2, 2);
  const auto test = [&](std::int64_t from) { return PlaceTest{{from, hours_of(grid)}, {1}}; };
  for (const std::int64_t from : {std::int64_t{0}, 2 * std::int64_t{week_h}})
    CHECK_THROWS_AS(evaluate_places(grid, users, test(from)), base::Error);
  CHECK_THROWS_AS(evaluate_places(grid, {}, test(100)), base::Error);
  CHECK_NOTHROW(evaluate_places(grid, users, test(24)));
}
