#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "predict/connect/samples.hpp"
#include "predict/network/connect_network.hpp"

// What a network of connects learns from, as it is sampled from a record.
namespace deskloom::predict {

inline constexpr std::int64_t validation_slots = 4 * slots_per_week;

struct TrainingRows {
  std::vector<float> inputs;  // connect_inputs a row
  std::vector<float> outcomes, weights;
  std::vector<float> regression;  // the logit of the logistic regression of the row's band
  std::vector<std::uint32_t> users, ended, bands;

  std::size_t size() const { return outcomes.size(); }
};

struct TrainingSet {
  std::array<std::vector<double>, network_bands> regression;  // weights
  TrainingRows learnt, validated;
  Vocabulary vocabulary;
  std::vector<std::vector<Token>> tokens;  // of each user
  // Of each user; as many as there are names stands for none of them.
  std::vector<std::size_t> user_of, role_of, department_of;
};

// All connects, and a share of the slots without one that stand for all; most are asked about when they must
// be decided, some earlier. Users who never connected before the
// weeks of validation are not in the vocabulary, nor learnt from. Throws Error(usage) when there is too
// little.
TrainingSet training_set(const Dataset& dataset, const ConnectOptions& options, std::int64_t until);

// Mean log loss of logits, weighted.
double loss_of(const TrainingRows& rows, std::span<const float> logits);

// Slope and offset that make logits fit what came true (Platt: Probabilistic outputs for support vector
// machines, 1999).
std::array<float, 2> calibrated(const TrainingRows& rows, std::span<const float> logits);

}  // namespace deskloom::predict
