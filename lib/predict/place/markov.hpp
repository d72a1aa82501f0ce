#pragma once

#include <array>
#include <unordered_map>
#include <vector>

#include "predict/place/history.hpp"
#include "predict/tally.hpp"

namespace deskloom::predict {

// What forecasts of places are measured against. Each of the first three is shrunk to the one before, and
// that to how often all users are where.
enum class PlaceRule {
  user,         // how often the user is where
  hour,         // the user's hour of the week, and the hours beside it
  markov,       // from where the user was so many hours before, by the time of day
  persistence,  // where the user was last, or else as often as ever
};
inline constexpr std::size_t place_rules = 4;

class MarkovPlaces {
 public:
  // horizon: how many hours before its hour a place is foretold.
  MarkovPlaces(std::size_t users, WallHour horizon) : horizon_(horizon), users_(users) {}

  // In the order of the hours.
  void see(std::size_t user, WallHour hour, PlaceId place);

  // By PlaceRule, of one place among all that anybody has seen.
  using Probabilities = std::array<double, place_rules>;
  Probabilities probabilities(std::size_t user, WallHour target, PlaceId place) const;
  std::vector<PlaceId> places(std::size_t user) const;  // those that the user has seen, ascending

 private:
  struct User {
    Tally often;
    std::array<Tally, static_cast<std::size_t>(week_h)> by_hour;
    std::unordered_map<std::uint64_t, Tally> chain;  // by state()
    std::vector<std::pair<WallHour, PlaceId>> sightings;
  };
  // A place, and the time of day of the hour that follows it.
  static std::uint64_t state(PlaceId place, WallHour target);

  WallHour horizon_;
  std::vector<User> users_;
  Tally all_;
};

}  // namespace deskloom::predict
