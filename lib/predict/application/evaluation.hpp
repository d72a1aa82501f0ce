#pragma once

#include <string>
#include <vector>

#include "predict/application/model.hpp"
#include "predict/choice_scores.hpp"
#include "predict/folds.hpp"
#include "predict/heads/head.hpp"
#include "predict/scores.hpp"

namespace deskloom::predict {

// Of what users started next.
struct NextApplicationScores {
  std::string model;
  ChoiceScores scores;
};

// Of which of the applications that they know users started in a session, foretold when it began.
struct ApplicationUseScores {
  std::string model;
  ProbabilityScores scores;
};

struct ApplicationScores {
  std::vector<NextApplicationScores> next;
  std::vector<ApplicationUseScores> in_session;
};

// Of a network, to be scored, too.
struct ApplicationHeads {
  HeadAt next{}, use{};
};

// A back-test on folds of seconds since 1970: models learn from the launches before a fold, and are scored on
// each of the fold, each with what was known when it was to be foretold. Throws Error(usage) when too little
// is left to learn from, or to score.
ApplicationScores evaluate_applications(const base::TimeZone& zone, const std::vector<UserLaunches>& users,
                                        const Folds& folds, const ApplicationHeads& heads = {});

}  // namespace deskloom::predict
