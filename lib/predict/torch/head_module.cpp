#include "predict/torch/head_module.hpp"

#include <algorithm>

#include "predict/network/connect_network.hpp"

namespace deskloom::predict {
namespace {

constexpr double share_dropped = 0.2;  // of what is known of a user
constexpr double small_start = 0.1;    // begins near what it corrects
constexpr double least = 1e-6;
constexpr double most_factor = 1e3;

std::int64_t signed_size(std::size_t size) { return static_cast<std::int64_t>(size); }

torch::Tensor matrix(std::span<const float> values, std::size_t width) {
  // Copied: what the tensor is made of may not be its own.
  return torch::tensor(at::ArrayRef<float>(values.data(), values.size())).view({-1, signed_size(width)});
}

}  // namespace

HeadModule::HeadModule(HeadKind kind, std::size_t knowledge, std::size_t inputs)
    : wide_(register_module("wide",
                            torch::nn::Linear(signed_size(knowledge + inputs), signed_size(head_width)))),
      last_(
          register_module("last", torch::nn::Linear(signed_size(head_width), signed_size(outputs_of(kind))))),
      dropout_(register_module("dropout", torch::nn::Dropout(share_dropped))) {
  const torch::NoGradGuard guard;
  last_->weight.mul_(small_start);
  last_->bias.zero_();
}

torch::Tensor HeadModule::forward(const torch::Tensor& knowledge, const torch::Tensor& inputs) {
  return last_->forward(torch::relu(wide_->forward(torch::cat({dropout_->forward(knowledge), inputs}, 1))));
}

HeadBatches::HeadBatches(const HeadSet& set, const KnowledgeRows& knowledge)
    : kind_(set.kind), knowledge_(matrix(knowledge.values, knowledge.width)) {
  const auto inputs = matrix(set.learnt.rows, set.learnt.inputs);
  mean_ = inputs.mean(0);
  factor_ = (1 / inputs.std(0, false).clamp_min(1 / most_factor)).contiguous();
}

HeadBatch HeadBatches::batch(const HeadExamples& examples, std::span<const std::uint32_t> questions) const {
  const std::size_t base_width = kind_ == HeadKind::quantiles ? quantile_moves : 1;
  std::vector<float> rows, base, truths, weights;
  std::vector<std::int64_t> question, known;
  const auto append = [](std::vector<float>& to, const std::vector<float>& from, std::size_t row,
                         std::size_t width) {
    const auto begin = from.begin() + static_cast<std::ptrdiff_t>(row * width);
    to.insert(to.end(), begin, begin + static_cast<std::ptrdiff_t>(width));
  };
  for (const std::uint32_t number : questions) {
    for (std::size_t row = number == 0 ? 0 : examples.ends[number - 1]; row < examples.ends[number]; ++row) {
      append(rows, examples.rows, row, examples.inputs);
      append(base, examples.base, row, base_width);
      truths.push_back(examples.truths[row]);
      question.push_back(signed_size(weights.size()));
      known.push_back(examples.knowledge[number]);
    }
    weights.push_back(examples.weights[number]);
  }
  const auto inputs = ((matrix(rows, examples.inputs) - mean_) * factor_).clamp(-most_input, most_input);
  return {knowledge_.index_select(0, torch::tensor(known)),
          inputs,
          kind_ == HeadKind::quantiles ? matrix(base, base_width) : torch::tensor(base),
          torch::tensor(truths),
          torch::tensor(question),
          torch::tensor(weights)};
}

torch::Tensor moved_quantiles(const torch::Tensor& base, const torch::Tensor& moves) {
  const std::int64_t levels = base.size(1), median = signed_size(median_level);
  const auto before = (base.narrow(1, 1, levels - 1) - base.narrow(1, 0, levels - 1)).clamp_min(0);
  const auto growth = moves.narrow(1, 1, levels - 1).clamp(-most_gap_growth, most_gap_growth).exp() - 1;
  const auto gaps = torch::relu(before + (before + least_gap) * growth);
  const auto middle =
      base.narrow(1, median, 1) + moves.narrow(1, 0, 1).clamp(-most_median_move, most_median_move);
  const auto above = middle + gaps.narrow(1, median, levels - 1 - median).cumsum(1);
  const auto below = middle - gaps.narrow(1, 0, median).flip(1).cumsum(1).flip(1);
  return torch::cat({below, middle, above}, 1);
}

torch::Tensor losses_of(HeadKind kind, const HeadBatch& batch, const torch::Tensor& corrections) {
  if (kind == HeadKind::quantiles) {
    const auto off = batch.truths.unsqueeze(1) - moved_quantiles(batch.base, corrections);
    const auto levels =
        torch::tensor(at::ArrayRef<double>(quantile_levels.data(), quantile_levels.size()), torch::kFloat32);
    return torch::maximum(levels * off, (levels - 1) * off).mean(1);
  }
  const auto correction = corrections.squeeze(1);
  if (kind == HeadKind::chance) {
    const auto p = batch.base.clamp(least, 1 - least);
    return torch::binary_cross_entropy_with_logits((p / (1 - p)).log() + correction, batch.truths, {}, {},
                                                   at::Reduction::None);
  }
  // Probabilities of a question sum to 1, so that their logarithms are safe to take the exponents of.
  const auto logits = batch.base.clamp_min(least).log() + correction;
  const auto none = torch::zeros_like(batch.weights);
  return none.index_add(0, batch.question, logits.exp()).log() -
         none.index_add(0, batch.question, logits * batch.truths);
}

}  // namespace deskloom::predict
