#include "predict/torch/connect_training.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>
#include <numbers>
#include <numeric>

#include "base/error.hpp"
#include "base/fd.hpp"
#include "predict/torch/checkpoint.hpp"
#include "predict/torch/connect_batches.hpp"

namespace deskloom::predict {
namespace {

constexpr std::size_t pieces_together = 16, rows_of_piece = 64;
constexpr std::size_t validated_rows_of_piece = 512;
constexpr double highest_rate = 4e-3, least_rate_share = 0.02, decay = 1e-2;
constexpr double warm_up_steps = 100;
constexpr double most_gradient = 1;
constexpr double averaging = 0.99;  // of the weights' moving average, which is what is kept
constexpr double averaging_start = 10;

torch::Device device_for(Device wanted) {
  const bool has_cuda = torch::cuda::is_available();
  if (wanted == Device::cuda && !has_cuda) {
    throw base::Error(base::ErrorKind::usage, "there is no GPU that LibTorch can use",
                      "use --device cpu, or install a LibTorch with CUDA and the GPU's driver");
  }
  return wanted != Device::cpu && has_cuda ? torch::kCUDA : torch::kCPU;
}

class Training {
 public:
  Training(const TrainingSet& set, const TrainingOptions& options,
           const std::function<void(const TrainingProgress& progress)>& report)
      : set_(set),
        options_(options),
        report_(report),
        device_(device_for(options.device)),
        batches_(set, device_),
        module_(options.shape, set.vocabulary),
        parameters_(module_.parameters()),
        optimizer_(parameters_, torch::optim::AdamWOptions(highest_rate).weight_decay(decay)),
        mean_weight_(std::reduce(set.learnt.weights.begin(), set.learnt.weights.end(), 0.0) /
                     static_cast<double>(set.learnt.size())) {
    module_.to(device_);
    progress_.epochs = options.epochs;
    average_ = copies();
    best_ = average_;
  }

  ModelFile run() {
    resume();
    while (epoch_ < options_.epochs && without_gain_ < options_.patience && !is_late()) {
      learn_epoch();
      validate();
      ++epoch_;
      keep();
    }
    use(best_);
    return finished();
  }

 private:
  using Tensors = std::vector<torch::Tensor>;

  Tensors copies() const {
    Tensors all;
    for (const auto& parameter : parameters_) all.push_back(parameter.detach().clone());
    return all;
  }

  void use(const Tensors& values) {
    const torch::NoGradGuard guard;
    for (std::size_t i = 0; i < values.size(); ++i) parameters_[i].copy_(values[i]);
  }

  double elapsed_s() const {
    return spent_s_ + std::chrono::duration<double>(std::chrono::steady_clock::now() - begin_).count();
  }
  bool is_late() const { return options_.time_limit_s && elapsed_s() > *options_.time_limit_s; }

  void learn_epoch() {
    // Of the epoch alone, so that it is the same after an interruption.
    const std::uint64_t seed = options_.seed * 1000 + static_cast<std::uint64_t>(epoch_);
    std::mt19937 dice(static_cast<std::mt19937::result_type>(seed));
    torch::manual_seed(seed);
    module_.train();
    const auto pieces = batches_.pieces(set_.learnt, rows_of_piece, &dice);
    double loss = 0, weight = 0;
    for (std::size_t first = 0; first < pieces.size() && !is_late(); first += pieces_together) {
      const std::size_t count = std::min(pieces_together, pieces.size() - first);
      const double done = static_cast<double>(first) / static_cast<double>(pieces.size());
      set_rate(done);
      const auto batch = batches_.batch(set_.learnt, std::span(pieces).subspan(first, count), &dice);
      loss += learn(batch);
      weight += batch.weights.sum().item<double>();
      tell(done, loss / weight);
    }
  }

  // Rises, and then falls along a cosine (Loshchilov, Hutter: SGDR, 2017).
  void set_rate(double done) {
    const double way = (epoch_ + done) / options_.epochs;
    const double falling = (1 + std::cos(std::numbers::pi * way)) / 2;
    const double rate = highest_rate * std::min(1.0, (steps_ + 1) / warm_up_steps) *
                        (least_rate_share + (1 - least_rate_share) * falling);
    for (auto& group : optimizer_.param_groups())
      static_cast<torch::optim::AdamWOptions&>(group.options()).lr(rate);
  }

  // Gives the batch's summed loss.
  double learn(const ConnectBatch& batch) {
    optimizer_.zero_grad();
    const auto loss = torch::binary_cross_entropy_with_logits(module_.forward(batch), batch.outcomes,
                                                              batch.weights, {}, at::Reduction::Sum);
    (loss / (mean_weight_ * static_cast<double>(pieces_together * rows_of_piece))).backward();
    torch::nn::utils::clip_grad_norm_(parameters_, most_gradient);
    optimizer_.step();
    ++steps_;
    const torch::NoGradGuard guard;
    const double kept = std::min(averaging, steps_ / (averaging_start + steps_));
    for (std::size_t i = 0; i < average_.size(); ++i)
      average_[i].mul_(kept).add_(parameters_[i].detach(), 1 - kept);
    return loss.item<double>();
  }

  std::vector<float> foretell(const TrainingRows& rows) {
    const torch::NoGradGuard guard;
    module_.eval();
    const auto pieces = batches_.pieces(rows, validated_rows_of_piece, nullptr);
    std::vector<float> logits(rows.size());
    for (std::size_t first = 0; first < pieces.size(); first += pieces_together) {
      const auto some = std::span(pieces).subspan(first, std::min(pieces_together, pieces.size() - first));
      const auto found = module_.forward(batches_.batch(rows, some, nullptr)).cpu().contiguous();
      const float* logit = found.data_ptr<float>();
      for (const Piece& piece : some) {
        for (const std::uint32_t row : piece.rows) logits[row] = *logit++;
      }
    }
    return logits;
  }

  void validate() {
    const Tensors raw = copies();
    use(average_);
    const double loss = loss_of(set_.validated, foretell(set_.validated));
    use(raw);
    ++without_gain_;
    if (loss < best_loss_) {
      best_loss_ = loss;
      without_gain_ = 0;
      best_.clear();
      for (const auto& value : average_) best_.push_back(value.clone());
    }
    progress_.validation_loss = loss;
    progress_.regression_loss = loss_of(set_.validated, set_.validated.regression);
    tell(1, progress_.loss);
    progress_.validation_loss.reset();
  }

  void tell(double done, double loss) {
    progress_.epoch = epoch_ + 1;
    progress_.done = done;
    progress_.loss = loss;
    const double all = epoch_ + done;
    progress_.seconds_left =
        all > 0 ? elapsed_s() * (options_.epochs - all) / all : std::numeric_limits<double>::infinity();
    if (options_.time_limit_s)
      progress_.seconds_left = std::min(progress_.seconds_left, *options_.time_limit_s - elapsed_s());
    report_(progress_);
  }

  Standing standing() {
    return {module_, optimizer_, average_, best_, epoch_, without_gain_, steps_, best_loss_, spent_s_};
  }

  void keep() {
    if (options_.checkpoint.empty()) return;
    Standing now = standing();
    double spent_s = elapsed_s();
    now.spent_s = spent_s;
    write_checkpoint(options_.checkpoint, fingerprint(), now);
  }

  void resume() {
    if (options_.checkpoint.empty()) return;
    Standing now = standing();
    if (read_checkpoint(options_.checkpoint, fingerprint(), now)) {
      epoch_ = now.epoch;
      without_gain_ = now.without_gain;
      steps_ = now.steps;
      best_loss_ = now.best_loss;
      spent_s_ = now.spent_s;
    }
  }

  // A checkpoint of other data or options is not gone on from.
  std::string fingerprint() const {
    ModelFile shape("");
    put_shape(shape, options_.shape);
    return shape.text("encoder") + shape.text("shape") + " seed " + std::to_string(options_.seed) +
           " epochs " + std::to_string(options_.epochs) + " rows " + std::to_string(set_.learnt.size()) +
           " " + std::to_string(set_.validated.size()) + " regression " +
           std::to_string(loss_of(set_.learnt, set_.learnt.regression));
  }

  ModelFile finished() {
    ModelFile model(connect_schema);
    put_shape(model, options_.shape);
    put_vocabulary(model, set_.vocabulary);
    for (const auto& parameter : module_.named_parameters()) put(model, parameter.key(), parameter.value());
    put(model, "inputs.mean", batches_.mean());
    put(model, "inputs.factor", batches_.factor());
    Tensor linear{{network_bands, ahead_features}, {}};
    for (const auto& weights : set_.regression)
      for (const double weight : weights) linear.values.push_back(static_cast<float>(weight));
    model.tensors["linear"] = std::move(linear);
    const auto logits = foretell(set_.validated);
    const auto calibration = calibrated(set_.validated, logits);
    model.tensors["calibration"] = {{2}, {calibration[0], calibration[1]}};
    model.metadata["seed"] = std::to_string(options_.seed);
    model.metadata["epochs"] = std::to_string(epoch_);
    model.metadata["validation_log_loss"] = std::to_string(loss_of(set_.validated, logits));
    model.metadata["regression_log_loss"] =
        std::to_string(loss_of(set_.validated, set_.validated.regression));
    return model;
  }

  const TrainingSet& set_;
  const TrainingOptions& options_;
  const std::function<void(const TrainingProgress& progress)>& report_;
  torch::Device device_;
  Batches batches_;
  ConnectModule module_;
  Tensors parameters_;
  torch::optim::AdamW optimizer_;
  double mean_weight_;
  Tensors average_, best_;
  TrainingProgress progress_;
  int epoch_ = 0, without_gain_ = 0;
  double steps_ = 0;
  double best_loss_ = std::numeric_limits<double>::infinity();
  double spent_s_ = 0;  // before it was interrupted
  std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
};

}  // namespace

ModelFile train_connects(const Dataset& dataset, std::int64_t until, const TrainingOptions& options,
                         const std::function<void(const TrainingProgress& progress)>& report) {
  torch::set_num_threads(options.threads);
  torch::manual_seed(options.seed);
  const TrainingSet set = training_set(dataset, options.connects, until);
  try {
    ModelFile model = Training(set, options, report).run();
    if (!options.checkpoint.empty()) base::remove_file(options.checkpoint);
    return model;
  } catch (const c10::Error& error) {
    throw base::Error(base::ErrorKind::failed,
                      std::string("LibTorch failed: ") + error.what_without_backtrace(),
                      "when memory is what lacks, learn from less (--from), or use --device cpu");
  }
}

}  // namespace deskloom::predict
