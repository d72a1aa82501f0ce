#pragma once

#include <span>
#include <vector>

#include "predict/folds.hpp"
#include "predict/heads/head.hpp"
#include "predict/resource/model.hpp"
#include "predict/scaled_scores.hpp"

namespace deskloom::predict {

// Of a network, to be scored, too.
struct ResourceHead {
  HeadAt at{};
  std::vector<std::string> users{};  // of each entity
};

// A back-test of one metric on folds of hours since 1970: every 24 hours from a fold's begin on, the next 24
// are foretold of each entity that was measured before, by each expert alone and by the mixture, which learns
// from what was before the fold. Of many entities and origins, evenly many are left out. Only hours that were
// measured are scored; errors are scaled by those of foretelling each hour as a day before. Throws
// Error(usage) when nothing was measured before the test, or nothing in it.
std::vector<AmountScores> evaluate_resources(std::span<const HourlyAmounts> entities,
                                             const base::TimeZone& zone, const Folds& folds,
                                             const ResourceHead& head = {});

}  // namespace deskloom::predict
