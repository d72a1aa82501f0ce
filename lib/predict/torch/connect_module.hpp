#pragma once

#include <torch/torch.h>

#include "predict/network/connect_network.hpp"

// The network of predict/network/connect_network.hpp as it is trained. Parameters have the names that the
// model file keeps them under.
namespace deskloom::predict {

// Gives B × T × state for B × T × token.
class EncoderModule : public torch::nn::Module {
 public:
  virtual torch::Tensor forward(const torch::Tensor& tokens) = 0;
};

std::shared_ptr<EncoderModule> encoder_module(const ConnectShape& shape);

// Rows of one batch: N rows of P contexts.
struct ConnectBatch {
  torch::Tensor tokens;             // P × T × token
  torch::Tensor context, position;  // N: where in tokens the last known session is
  torch::Tensor has_past;           // N: 0 when there is none
  torch::Tensor user, role, department;
  torch::Tensor knows_user, knows_role, knows_department;  // N: 0 for who is in no vocabulary
  torch::Tensor inputs;                                    // N × connect_inputs, scaled
  torch::Tensor regression;                                // N
  torch::Tensor outcomes, weights;                         // N
};

class ConnectModule : public torch::nn::Module {
 public:
  ConnectModule(const ConnectShape& shape, const Vocabulary& vocabulary);
  torch::Tensor forward(const ConnectBatch& batch);  // logits

 private:
  std::shared_ptr<EncoderModule> encoder_;
  torch::nn::Embedding users_, roles_, departments_;
  torch::nn::Linear wide_, narrow_, last_;
  torch::nn::Dropout dropout_;
};

}  // namespace deskloom::predict
