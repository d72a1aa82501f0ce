#pragma once

#include <functional>
#include <string>
#include <vector>

#include "forecast/models.hpp"
#include "operation/usage_source.hpp"
#include "predict/ahead/model.hpp"
#include "predict/model_file.hpp"

namespace deskloom::operation {

struct LearnReport {
  forecast::Model model;
  base::Timestamp tested_until;              // from model.learnt_until on
  std::vector<predict::AheadScores> scores;  // on that, one for each band of the horizon
};

struct LearnOptions {
  std::string kind = "regression";  // as models are named
  // Trains a network on what is recorded of that span; empty: there is none.
  std::function<predict::ModelFile(base::Timestamp from, base::Timestamp until)> train_network{};
};

// Less is too little to learn from.
std::chrono::weeks least_recorded();

// Learns from what is recorded until then, but for its last four weeks, on which it is scored; writes the
// model's file and adds it to the models. Which one is in force does not change. Throws Error(usage) when too
// little is recorded.
LearnReport learn(const UsageSource& source, forecast::Store& store, base::Timestamp now,
                  const LearnOptions& options = {});

// Throws as predict::read_model does, or Error(corrupt), when the model's file cannot be used.
void check_model(const forecast::Store& store, const forecast::Model& model);

struct Judgement {
  bool is_better = false;
  std::string why;  // or why not
};

// Whether the model, on what neither had learnt from, loses less than the one in force by policy's margin.
Judgement judge(const UsageSource& source, const forecast::Store& store, const std::string& name,
                base::Timestamp now);

}  // namespace deskloom::operation
