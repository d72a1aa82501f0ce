#pragma once

#include <torch/torch.h>

#include "predict/heads/examples.hpp"
#include "predict/torch/head_training.hpp"

// The heads of predict/heads/head.hpp as they are trained.
namespace deskloom::predict {

class HeadModule : public torch::nn::Module {
 public:
  HeadModule(HeadKind kind, std::size_t knowledge, std::size_t inputs);
  // N × knowledge and N × inputs (scaled) to N × outputs.
  torch::Tensor forward(const torch::Tensor& knowledge, const torch::Tensor& inputs);

 private:
  torch::nn::Linear wide_, last_;
  torch::nn::Dropout dropout_;
};

// Some questions of a set.
struct HeadBatch {
  torch::Tensor knowledge, inputs;       // of each row
  torch::Tensor base, truths, question;  // of each row; its question's place in the batch
  torch::Tensor weights;                 // of each question
};

class HeadBatches {
 public:
  HeadBatches(const HeadSet& set, const KnowledgeRows& knowledge);

  HeadBatch batch(const HeadExamples& examples, std::span<const std::uint32_t> questions) const;
  const torch::Tensor& mean() const { return mean_; }
  const torch::Tensor& factor() const { return factor_; }

 private:
  HeadKind kind_;
  torch::Tensor knowledge_, mean_, factor_;
};

// Of each row: N × levels, in spreads from the base's median.
torch::Tensor moved_quantiles(const torch::Tensor& base, const torch::Tensor& moves);
// The loss of each question, with corrections of its rows.
torch::Tensor losses_of(HeadKind kind, const HeadBatch& batch, const torch::Tensor& corrections);

}  // namespace deskloom::predict
