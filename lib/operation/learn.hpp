#pragma once

#include <vector>

#include "forecast/models.hpp"
#include "operation/usage_source.hpp"
#include "predict/ahead/model.hpp"

namespace deskloom::operation {

struct LearnReport {
  forecast::Model model;
  base::Timestamp tested_until;              // from model.learnt_until on
  std::vector<predict::AheadScores> scores;  // on that, one for each band of the horizon
};

// Learns from what is recorded until then, but for its last four weeks, on which it is scored; writes the
// model's file and adds it to the models. Which one is in force does not change. Throws Error(usage) when too
// little is recorded.
LearnReport learn(const UsageSource& source, forecast::Store& store, base::Timestamp now);

struct Judgement {
  bool is_better = false;
  std::string why;  // or why not
};

// Whether the model, on what neither had learnt from, loses less than the one in force by policy's margin.
Judgement judge(const UsageSource& source, const forecast::Store& store, const std::string& name,
                base::Timestamp now);

}  // namespace deskloom::operation
