#pragma once

#include <torch/torch.h>

#include <filesystem>
#include <string>

#include "predict/model_file.hpp"

// How far a training is, in a file of the models' format.
namespace deskloom::predict {

struct Standing {
  torch::nn::Module& module;
  torch::optim::AdamW& optimizer;
  std::vector<torch::Tensor>&average, &best;  // of the module's parameters
  int epoch = 0, without_gain = 0;
  double steps = 0, best_loss = 0, spent_s = 0;
};

void put(ModelFile& model, const std::string& name, const torch::Tensor& tensor);

// fingerprint: what was trained on what.
void write_checkpoint(const std::filesystem::path& path, const std::string& fingerprint,
                      const Standing& standing);
// False, and nothing is changed, when there is none, or one of another training. A file that is damaged is
// Error(corrupt).
bool read_checkpoint(const std::filesystem::path& path, const std::string& fingerprint, Standing& standing);

}  // namespace deskloom::predict
