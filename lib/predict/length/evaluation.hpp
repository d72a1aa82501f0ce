#pragma once

#include <span>
#include <string>
#include <vector>

#include "predict/connect/features.hpp"
#include "predict/folds.hpp"
#include "predict/heads/head.hpp"
#include "predict/quantiles.hpp"

namespace deskloom::predict {

struct LengthScores {
  std::string model;
  QuantileScores scores;  // in hours
};

// A back-test on folds of slots: everybody's lengths, the last one's and the recent ones of the user, and the
// model that learnt from what was before the fold, each scored on all sessions that begin in the fold, with
// what was known lead_s before. groups: as for each_length. head: of a network, to be scored, too. Throws
// Error(usage) when none begins before the test, or none in it.
std::vector<LengthScores> evaluate_lengths(const TimeGrid& grid, const std::vector<UserSessions>& users,
                                           const Folds& folds, std::int64_t lead_s,
                                           std::span<const std::size_t> groups = {}, const HeadAt& head = {});

}  // namespace deskloom::predict
