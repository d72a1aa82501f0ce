#pragma once

#include <random>

#include "predict/network/training_rows.hpp"
#include "predict/torch/connect_module.hpp"

namespace deskloom::predict {

// Rows that share a context, which is read once for all of them.
struct Piece {
  std::size_t user = 0, begin = 0;  // the context's first token
  std::vector<std::uint32_t> rows;
};

// Makes batches of rows.
class Batches {
 public:
  Batches(const TrainingSet& set, torch::Device device);

  // All rows, in pieces of at most so many; shuffled with dice.
  std::vector<Piece> pieces(const TrainingRows& rows, std::size_t most_rows, std::mt19937* dice) const;
  // With dice, some users are taken for unknown, so that role, department, and habits learn to do without.
  ConnectBatch batch(const TrainingRows& rows, std::span<const Piece> pieces, std::mt19937* dice) const;

  const torch::Tensor& mean() const { return mean_; }
  const torch::Tensor& factor() const { return factor_; }

 private:
  const TrainingSet& set_;
  torch::Device device_;
  torch::Tensor mean_, factor_;  // of inputs
};

}  // namespace deskloom::predict
