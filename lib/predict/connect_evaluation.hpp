#pragma once

#include <string>
#include <vector>

#include "predict/connect_features.hpp"
#include "predict/scores.hpp"

namespace deskloom::predict {

// How well a model foretold connects in the test span.
struct ModelScores {
  std::string model;
  bool known_users = true;  // 20 or more sessions before the test span; else those with fewer
  ProbabilityScores scores;
};

// A back-test: models learn from the slots before test_from, and are scored on those from there on, each with
// what was known then. Histograms have six weeks to settle before anything is learnt. Throws Error(usage)
// when too little is left to learn from, or to score.
std::vector<ModelScores> evaluate_connects(const TimeGrid& grid, const std::vector<UserSessions>& users,
                                           const ConnectOptions& options, std::int64_t test_from);

}  // namespace deskloom::predict
