#pragma once

#include "predict/heads/examples.hpp"
#include "predict/heads/knowledge.hpp"
#include "predict/place/model.hpp"

// The head for where users will be.
namespace deskloom::predict {

inline constexpr const char* place_head = "heads.places";
// Of a candidate: its features (place/features.hpp), how far ahead, and the time of the day and of the week.
inline constexpr std::size_t place_head_inputs = place_features + 7;

// features: place_features for each candidate; made into place_head_inputs for each.
std::vector<float> place_head_rows(std::span<const float> features, WallHour now, WallHour target);

// As forecast_place without a head.
PlaceForecast forecast_place(const PlaceModel& model, PlaceOutlook& outlook, WallHour now, WallHour target,
                             const HeadOfUser& head);

// What to learn from of hours [0, until): base models learn from what comes before validated_from.
HeadSet place_head_set(const TimeGrid& grid, const std::vector<UserSightings>& users,
                       const std::vector<std::int32_t>& holidays, std::int64_t validated_from,
                       std::int64_t until, Knowledge& knowledge);

}  // namespace deskloom::predict
