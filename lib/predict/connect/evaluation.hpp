#pragma once

#include <array>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "predict/connect/features.hpp"
#include "predict/folds.hpp"
#include "predict/network/connect_network.hpp"
#include "predict/network/dataset.hpp"
#include "predict/scores.hpp"

namespace deskloom::predict {

// How well a model foretold connects in the test span.
struct ModelScores {
  std::string model;
  bool known_users = true;  // 20 or more sessions before the fold; else those with fewer
  ProbabilityScores scores;
  std::vector<CalibrationBin> bins;
};

// Takes what models foretold of each slot of the test in which a user was away: week by week, user by user.
using ForecastSink =
    std::function<void(std::size_t user, std::int64_t slot, std::span<const double> by_model)>;

// Each learns from the slots before a fold, and is scored on those of the fold: a constant, everybody's
// habit, the user's, and a logistic regression.
inline constexpr std::array<const char*, 4> connect_models{"constant", "everybody's hour of the week",
                                                           "user's hour of the week", "logistic regression"};

// A back-test on folds of slots, with what was known when each slot was decided. Histograms have six weeks to
// settle before anything is learnt. Throws Error(usage) when too little is left to learn from, or to score.
// sink: by connect_models.
std::vector<ModelScores> evaluate_connects(const TimeGrid& grid, const std::vector<UserSessions>& users,
                                           const ConnectOptions& options, const Folds& folds,
                                           const ForecastSink& sink = {});
// The same of a network that was trained before; whether it has seen the test is for the caller to know.
// sink: by that alone.
std::vector<ModelScores> evaluate_network(const ConnectNetwork& network, const Dataset& dataset,
                                          const ConnectOptions& options, const Folds& folds,
                                          const ForecastSink& sink = {});

}  // namespace deskloom::predict
