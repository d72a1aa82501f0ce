#include "predict/heads/places.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "predict/heads/sampling.hpp"
#include "predict/place/walk.hpp"
#include "predict/softmax_regression.hpp"

namespace deskloom::predict {
namespace {

constexpr std::array<WallHour, 5> learnt_horizons_h{1, 3, 8, 24, 72};
constexpr double most_sightings = 12'000;  // for a horizon, to learn from; a third of it to validate

}  // namespace

std::vector<float> place_head_rows(std::span<const float> features, WallHour now, WallHour target) {
  const double week = 2 * std::numbers::pi * (target % week_h) / week_h, day = 7 * week;
  const std::array<double, place_head_inputs - place_features> of_all{
      std::log1p(target - now), std::sin(day),  std::cos(day), std::sin(2 * day),
      std::cos(2 * day),        std::sin(week), std::cos(week)};
  std::vector<float> rows;
  for (std::size_t row = 0; row < features.size() / place_features; ++row) {
    const auto of_row = features.subspan(row * place_features, place_features);
    rows.insert(rows.end(), of_row.begin(), of_row.end());
    for (const double value : of_all) rows.push_back(static_cast<float>(value));
  }
  return rows;
}

PlaceForecast forecast_place(const PlaceModel& model, PlaceOutlook& outlook, WallHour now, WallHour target,
                             const HeadOfUser& head) {
  const auto features = outlook.features(target);
  std::vector<float> probabilities(outlook.candidates().size() + 1);
  softmax(model.at(target - now), features, probabilities);
  correct_choice(head, place_head_rows(features, now, target), probabilities);
  return forecast_of(outlook, probabilities);
}

HeadSet place_head_set(const TimeGrid& grid, const std::vector<UserSightings>& users,
                       const std::vector<std::int32_t>& holidays, std::int64_t validated_from,
                       std::int64_t until, Knowledge& knowledge) {
  HeadSet set(HeadKind::choice, place_head_inputs);
  const PlaceModel base = learn_places(grid, users, holidays, validated_from);
  const PlaceWalk start(grid, users, holidays);
  for (const WallHour horizon : learnt_horizons_h) {
    const auto sampler = [&](double most, std::int64_t from, std::int64_t last) {
      return sampler_of(most, users, &UserSightings::sightings, &Sighting::hour, from, last);
    };
    Sampler learnt = sampler(most_sightings, 0, validated_from);
    Sampler validated = sampler(most_sightings / 3, validated_from, until);
    PlaceWalk walk = start;
    walk.each_target(horizon, week_h, until, [&](const PlaceTarget& target) {
      const bool is_learnt = target.hour < validated_from;
      if (!(is_learnt ? learnt : validated).takes()) return;
      PlaceOutlook outlook(walk.memory(), target.user, target.now);
      const auto features = outlook.features(target.target);
      std::vector<float> probabilities(outlook.candidates().size() + 1);
      softmax(base.at(target.target - target.now), features, probabilities);
      const auto places = outlook.user().places();
      const auto taken =
          std::ranges::find(outlook.candidates(), target.place,
                            [&](PlaceOutlook::Index candidate) { return places[candidate].id; });
      const std::int64_t known_until_s = grid.time_s((target.hour - horizon + 1) * hour_slots);
      (is_learnt ? set.learnt : set.validated)
          .add_choice(place_head_rows(features, target.now, target.target), probabilities,
                      static_cast<std::size_t>(taken - outlook.candidates().begin()),
                      knowledge.row(users[target.user].user, known_until_s));
    });
  }
  return set;
}

}  // namespace deskloom::predict
