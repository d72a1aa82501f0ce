#include "predict/torch/head_training.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <numeric>
#include <random>

#include "predict/torch/checkpoint.hpp"
#include "predict/torch/head_module.hpp"

namespace deskloom::predict {
namespace {

constexpr std::size_t most_together = 512, least_together = 32, validated_together = 8192;
constexpr std::size_t least_steps = 60;  // of an epoch: of few examples, fewer are taken together
constexpr int epochs = 8, patience = 2;
constexpr double highest_rate = 3e-3, decay = 1e-2, most_gradient = 1;
constexpr std::array<double, 4> strengths{0.25, 0.5, 0.75, 1};
constexpr double least_gain = 1e-3;
constexpr std::size_t least_questions = 200;
constexpr std::size_t first_corrected = 8;  // levels from 0.9 on: what is planned by
constexpr float most_offset = 10;

class HeadTraining {
 public:
  HeadTraining(const HeadSet& set, const KnowledgeRows& knowledge, std::uint64_t seed)
      : set_(set),
        seed_(seed),
        batches_(set, knowledge),
        module_((torch::manual_seed(seed), set.kind), knowledge.width, set.learnt.inputs),
        parameters_(module_.parameters()),
        optimizer_(parameters_, torch::optim::AdamWOptions(highest_rate).weight_decay(decay)) {}

  HeadScore run(const std::string& name, ModelFile& model) {
    learn();
    HeadScore score;
    score.base_loss = score.loss = validated_loss(0);
    for (const double strength : strengths) {
      const double loss = validated_loss(strength);
      if (loss < std::min(score.loss, score.base_loss * (1 - least_gain)))
        score.loss = loss, score.strength = strength;
    }
    if (score.strength > 0) put_into(model, name, score);
    return score;
  }

 private:
  using Tensors = std::vector<torch::Tensor>;

  void learn() {
    Tensors best;
    double least_loss = std::numeric_limits<double>::infinity();
    for (int epoch = 0, without_gain = 0; epoch < epochs && without_gain < patience; ++epoch) {
      learn_epoch(epoch);
      const double loss = validated_loss(1);
      ++without_gain;
      if (!(loss < least_loss)) continue;
      least_loss = loss;
      without_gain = 0;
      best.clear();
      for (const auto& parameter : parameters_) best.push_back(parameter.detach().clone());
    }
    const torch::NoGradGuard guard;
    for (std::size_t i = 0; i < best.size(); ++i) parameters_[i].copy_(best[i]);
  }

  void learn_epoch(int epoch) {
    std::mt19937 dice(
        static_cast<std::mt19937::result_type>(seed_ * 1000 + static_cast<std::uint64_t>(epoch)));
    std::vector<std::uint32_t> order(set_.learnt.size());
    std::iota(order.begin(), order.end(), 0U);
    std::shuffle(order.begin(), order.end(), dice);
    module_.train();
    const std::size_t together = std::clamp(order.size() / least_steps, least_together, most_together);
    for (std::size_t first = 0; first < order.size(); first += together) {
      const std::size_t count = std::min(together, order.size() - first);
      set_rate((epoch + static_cast<double>(first) / static_cast<double>(order.size())) / epochs);
      const auto batch = batches_.batch(set_.learnt, std::span(order).subspan(first, count));
      optimizer_.zero_grad();
      const auto losses = losses_of(set_.kind, batch, module_.forward(batch.knowledge, batch.inputs));
      ((losses * batch.weights).sum() / batch.weights.sum()).backward();
      torch::nn::utils::clip_grad_norm_(parameters_, most_gradient);
      optimizer_.step();
    }
  }

  void set_rate(double way) {
    for (auto& group : optimizer_.param_groups()) {
      static_cast<torch::optim::AdamWOptions&>(group.options())
          .lr(highest_rate * (1 + std::cos(std::numbers::pi * way)) / 2);
    }
  }

  template <typename Visit>
  void each_validated(const Visit& visit) {
    const torch::NoGradGuard guard;
    module_.eval();
    std::vector<std::uint32_t> order(set_.validated.size());
    std::iota(order.begin(), order.end(), 0U);
    for (std::size_t first = 0; first < order.size(); first += validated_together) {
      const std::size_t count = std::min(validated_together, order.size() - first);
      const auto batch = batches_.batch(set_.validated, std::span(order).subspan(first, count));
      visit(batch, module_.forward(batch.knowledge, batch.inputs));
    }
  }

  double validated_loss(double strength) {
    double loss = 0, weight = 0;
    each_validated([&](const HeadBatch& batch, const torch::Tensor& corrections) {
      loss += (losses_of(set_.kind, batch, corrections * strength) * batch.weights).sum().item<double>();
      weight += batch.weights.sum().item<double>();
    });
    return loss / weight;
  }

  // How much is added to each quantile, in spreads.
  std::vector<float> offsets(double strength) {
    std::vector<std::vector<float>> excesses(quantile_moves);
    each_validated([&](const HeadBatch& batch, const torch::Tensor& corrections) {
      const auto excess =
          (batch.truths.unsqueeze(1) - moved_quantiles(batch.base, corrections * strength)).contiguous();
      const float* value = excess.data_ptr<float>();
      for (std::int64_t row = 0; row < excess.size(0); ++row)
        for (std::size_t level = 0; level < quantile_moves; ++level) excesses[level].push_back(*value++);
    });
    std::vector<float> offsets(quantile_moves);
    for (std::size_t level = first_corrected; level < quantile_moves; ++level) {
      auto& of_level = excesses[level];
      const double rank = std::ceil(quantile_levels[level] * static_cast<double>(of_level.size() + 1));
      const auto place = std::min(static_cast<std::size_t>(rank), of_level.size()) - 1;
      std::ranges::nth_element(of_level, of_level.begin() + static_cast<std::ptrdiff_t>(place));
      offsets[level] = std::clamp(of_level[place], -most_offset, most_offset);
    }
    return offsets;
  }

  void put_into(ModelFile& model, const std::string& name, const HeadScore& score) {
    for (const auto& parameter : module_.named_parameters())
      put(model, name + "." + parameter.key(), parameter.value());
    put(model, name + ".mean", batches_.mean());
    put(model, name + ".factor", batches_.factor());
    model.tensors[name + ".strength"] = {{1}, {static_cast<float>(score.strength)}};
    if (set_.kind == HeadKind::quantiles)
      model.tensors[name + ".offsets"] = {{quantile_moves}, offsets(score.strength)};
    model.metadata[name + ".validation_loss"] = std::to_string(score.loss);
    model.metadata[name + ".base_loss"] = std::to_string(score.base_loss);
  }

  const HeadSet& set_;
  std::uint64_t seed_;
  HeadBatches batches_;
  HeadModule module_;
  Tensors parameters_;
  torch::optim::AdamW optimizer_;
};

}  // namespace

HeadScore train_head(const HeadSet& set, const KnowledgeRows& knowledge, const std::string& name,
                     std::uint64_t seed, ModelFile& model) {
  if (std::min(set.learnt.size(), set.validated.size()) < least_questions) return {};
  return HeadTraining(set, knowledge, seed).run(name, model);
}

}  // namespace deskloom::predict
