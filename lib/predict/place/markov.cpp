#include "predict/place/markov.hpp"

#include <algorithm>

namespace deskloom::predict {
namespace {

constexpr WallHour time_of_day_h = 3;
constexpr double neighbour = 0.5;
// How many sightings the rule before stands for.
constexpr double weight_of_all = 2, weight_of_user = 3, weight_of_hour = 3;
constexpr double staying = 0.7;

}  // namespace

std::uint64_t MarkovPlaces::state(PlaceId place, WallHour target) {
  constexpr int time_bits = 8;
  return (std::uint64_t{place} << time_bits) | static_cast<std::uint64_t>(target % day_h / time_of_day_h);
}

void MarkovPlaces::see(std::size_t user, WallHour hour, PlaceId place) {
  User& seen = users_[user];
  const auto known =
      std::ranges::upper_bound(seen.sightings, hour - horizon_, {}, &std::pair<WallHour, PlaceId>::first);
  if (known != seen.sightings.begin()) seen.chain[state(std::prev(known)->second, hour)].add(place);
  seen.sightings.emplace_back(hour, place);
  seen.often.add(place);
  all_.add(place);
  for (const WallHour off : {-1, 0, 1}) {
    const auto beside = static_cast<std::size_t>((hour + off + week_h) % week_h);
    seen.by_hour[beside].add(place, off == 0 ? 1 : neighbour);
  }
}

MarkovPlaces::Probabilities MarkovPlaces::probabilities(std::size_t user, WallHour target,
                                                        PlaceId place) const {
  const User& seen = users_[user];
  const double by_all = all_.of(place) / (all_.all() + 1);
  const double by_user = seen.often.share(place, by_all, weight_of_all);
  const Tally& at_hour = seen.by_hour[static_cast<std::size_t>(target % week_h)];
  const double by_hour = at_hour.share(place, by_user, weight_of_user);
  if (seen.sightings.empty()) return {by_user, by_hour, by_hour, by_user};
  const PlaceId last = seen.sightings.back().second;
  const auto chain = seen.chain.find(state(last, target));
  const double by_chain =
      chain == seen.chain.end() ? by_hour : chain->second.share(place, by_hour, weight_of_hour);
  const double stays = (place == last ? staying : 0) + (1 - staying) * by_user;
  return {by_user, by_hour, by_chain, stays};
}

std::vector<PlaceId> MarkovPlaces::places(std::size_t user) const {
  std::vector<PlaceId> places;
  for (const auto& [place, count] : users_[user].often.counts()) places.push_back(place);
  std::ranges::sort(places);
  return places;
}

}  // namespace deskloom::predict
