#pragma once

#include <array>
#include <utility>
#include <vector>

#include "predict/place/features.hpp"

namespace deskloom::predict {

// How far ahead, in hours, weights are learnt for; in between they are interpolated over the logarithm.
inline constexpr std::array<WallHour, 7> place_horizons_h{1, 2, 4, 8, 24, 48, 168};

// What each feature counts at each of these horizons: a conditional logit over the candidates.
struct PlaceModel {
  using Weights = std::array<float, place_features>;
  std::array<Weights, place_horizons_h.size()> weights{};

  Weights at(WallHour horizon) const;
};

// What holds for most organisations; used until there is enough to learn from.
const PlaceModel& usual_place_model();

// Probabilities of places; with that of any other they sum to 1.
struct PlaceForecast {
  std::vector<std::pair<PlaceId, float>> places;  // likeliest first
  float elsewhere = 1;
};

// probabilities: of the outlook's candidates, then of everything else.
PlaceForecast forecast_of(const PlaceOutlook& outlook, std::span<const float> probabilities);
// target: after the outlook's hour.
PlaceForecast forecast_place(const PlaceModel& model, PlaceOutlook& outlook, WallHour now, WallHour target);

// Learnt on all users' sightings in hours [0, until) of the grid, each foretold from what was known before
// it.
PlaceModel learn_places(const TimeGrid& grid, const std::vector<UserSightings>& users,
                        const std::vector<std::int32_t>& holidays, std::int64_t until);

}  // namespace deskloom::predict
