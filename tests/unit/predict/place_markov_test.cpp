// What forecasts of places are measured against (SPEC D5).
#include "predict/place/markov.hpp"

#include "support/catch.hpp"

using namespace deskloom::predict;

namespace {

double of(const MarkovPlaces::Probabilities& probabilities, PlaceRule rule) {
  return probabilities[static_cast<std::size_t>(rule)];
}

}  // namespace

TEST_CASE("a Markov chain knows where a user goes from where they are") {
  MarkovPlaces places(2, 2);
  for (WallHour hour = 0; hour < 2 * week_h; ++hour) {
    places.see(0, hour, static_cast<PlaceId>(hour / 2 % 2));  // two hours here, two there
    places.see(1, hour, 7);
  }
  const WallHour target = 2 * week_h + 1;  // 0 again, two hours after a 1
  const auto here = places.probabilities(0, target, 0), there = places.probabilities(0, target, 1);
  CHECK(of(here, PlaceRule::markov) > 0.9);
  CHECK(of(there, PlaceRule::persistence) > 0.7);
  CHECK_THAT(of(here, PlaceRule::user), Catch::Matchers::WithinAbs(0.5, 0.01));
  CHECK(places.places(0) == std::vector<PlaceId>{0, 1});
  for (std::size_t rule = 0; rule < place_rules; ++rule) {
    double sum = 0;
    for (const PlaceId place : {0U, 1U, 7U}) sum += places.probabilities(0, target, place)[rule];
    CHECK(sum > 0.99);
    CHECK(sum <= 1.000001);
  }
}

TEST_CASE("of a user who was never seen, a Markov chain knows what everybody does") {
  MarkovPlaces places(2, 1);
  CHECK(places.probabilities(1, 5, 3) == MarkovPlaces::Probabilities{});
  for (WallHour hour = 0; hour < 10; ++hour) places.see(0, hour, 3);
  for (const double p : places.probabilities(1, 10, 3))
    CHECK_THAT(p, Catch::Matchers::WithinAbs(10.0 / 11, 1e-9));
}
