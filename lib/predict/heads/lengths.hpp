#pragma once

#include "predict/heads/examples.hpp"
#include "predict/heads/knowledge.hpp"
#include "predict/length/model.hpp"

// The head for how long sessions last.
namespace deskloom::predict {

inline constexpr const char* length_head = "heads.length";
// Of a session: the quantiles of the model, the user's last session and how many are known, the time of the
// day and of the week, and whether it is a free day.
inline constexpr std::size_t length_head_inputs = quantile_levels.size() + 9;

// As LengthForecaster without a head.
Quantiles forecast_length(const LengthForecaster& forecaster, const LengthHabits& habits,
                          std::span<const EndedSession> past, const LengthMoment& moment,
                          const HeadOfUser& head);

// What to learn from of the dataset: the base model learns from what comes before slot validated_from.
// groups: as for each_length.
HeadSet length_head_set(const Dataset& dataset, std::span<const std::size_t> groups, std::int64_t lead_s,
                        std::int64_t validated_from, Knowledge& knowledge);

}  // namespace deskloom::predict
