#pragma once

#include <functional>
#include <string>
#include <vector>

#include "predict/connect/features.hpp"
#include "predict/network/connect_network.hpp"
#include "predict/network/dataset.hpp"
#include "predict/scores.hpp"

namespace deskloom::predict {

// How well a model foretold connects in the test span.
struct ModelScores {
  std::string model;
  bool known_users = true;  // 20 or more sessions before the test span; else those with fewer
  ProbabilityScores scores;
};

// Takes what a model foretold of each slot of the test in which a user was away.
using ForecastSink = std::function<void(const std::string& user, std::int64_t slot, double probability)>;

// A back-test: models learn from the slots before test_from, and are scored on those from there on, each with
// what was known then. Histograms have six weeks to settle before anything is learnt. Throws Error(usage)
// when too little is left to learn from, or to score. sink: of the logistic regression's forecasts.
std::vector<ModelScores> evaluate_connects(const TimeGrid& grid, const std::vector<UserSessions>& users,
                                           const ConnectOptions& options, std::int64_t test_from,
                                           const ForecastSink& sink = {});
// The same of a network that was trained before; whether it has seen the test is for the caller to know.
std::vector<ModelScores> evaluate_network(const ConnectNetwork& network, const Dataset& dataset,
                                          const ConnectOptions& options, std::int64_t test_from,
                                          const ForecastSink& sink = {});

}  // namespace deskloom::predict
