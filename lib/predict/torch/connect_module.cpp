#include "predict/torch/connect_module.hpp"

#include <cmath>
#include <limits>

namespace deskloom::predict {
namespace {

constexpr double share_dropped = 0.15;
constexpr double small_start = 0.1;  // embeddings and the last layer begin near 0: as the regression alone

std::int64_t signed_size(std::size_t size) { return static_cast<std::int64_t>(size); }

class LstmModule : public EncoderModule {
 public:
  explicit LstmModule(const ConnectShape& shape)
      : lstm_(torch::nn::LSTMOptions(signed_size(token_width), signed_size(shape.state)).batch_first(true)) {
    // Its own parameters are registered, so that they are named as the encoder's.
    for (const auto& parameter : lstm_->named_parameters())
      register_parameter(parameter.key(), parameter.value());
  }
  torch::Tensor forward(const torch::Tensor& tokens) override { return std::get<0>(lstm_->forward(tokens)); }

 private:
  torch::nn::LSTM lstm_;
};

class BlockModule : public torch::nn::Module {
 public:
  explicit BlockModule(const ConnectShape& shape)
      : heads_(signed_size(shape.heads)),
        norm1_(register_module("norm1", torch::nn::LayerNorm(norm_options(shape)))),
        queries_(register_module("queries", square(shape))),
        keys_(register_module("keys", square(shape))),
        values_(register_module("values", square(shape))),
        merge_(register_module("merge", square(shape))),
        norm2_(register_module("norm2", torch::nn::LayerNorm(norm_options(shape)))),
        widen_(register_module("widen",
                               torch::nn::Linear(signed_size(shape.state), signed_size(shape.widened)))),
        narrow_(register_module("narrow",
                                torch::nn::Linear(signed_size(shape.widened), signed_size(shape.state)))) {}

  // bias: heads × T × T, what is added to how much each row looks at each.
  torch::Tensor forward(const torch::Tensor& rows, const torch::Tensor& bias) {
    const auto normal = norm1_->forward(rows);
    const auto split = [&](const torch::Tensor& all) {
      return all.view({all.size(0), all.size(1), heads_, -1}).transpose(1, 2);
    };
    const auto queries = split(queries_->forward(normal)), keys = split(keys_->forward(normal));
    const double scale = 1 / std::sqrt(static_cast<double>(queries.size(3)));
    const auto weights = torch::softmax(torch::matmul(queries, keys.transpose(2, 3)) * scale + bias, 3);
    const auto seen = torch::matmul(weights, split(values_->forward(normal)));
    const auto after = rows + merge_->forward(seen.transpose(1, 2).reshape(rows.sizes()));
    return after + narrow_->forward(torch::relu(widen_->forward(norm2_->forward(after))));
  }

 private:
  static torch::nn::LayerNormOptions norm_options(const ConnectShape& shape) {
    return torch::nn::LayerNormOptions({signed_size(shape.state)});
  }
  static torch::nn::Linear square(const ConnectShape& shape) {
    return torch::nn::Linear(signed_size(shape.state), signed_size(shape.state));
  }

  std::int64_t heads_;
  torch::nn::LayerNorm norm1_;
  torch::nn::Linear queries_, keys_, values_, merge_;
  torch::nn::LayerNorm norm2_;
  torch::nn::Linear widen_, narrow_;
};

class TransformerModule : public EncoderModule {
 public:
  explicit TransformerModule(const ConnectShape& shape)
      : heads_(shape.heads),
        embed_(
            register_module("embed", torch::nn::Linear(signed_size(token_width), signed_size(shape.state)))),
        norm_(register_module(
            "norm", torch::nn::LayerNorm(torch::nn::LayerNormOptions({signed_size(shape.state)})))) {
    for (std::size_t number = 0; number < shape.blocks; ++number) {
      blocks_.push_back(
          register_module("block" + std::to_string(number), std::make_shared<BlockModule>(shape)));
    }
  }

  torch::Tensor forward(const torch::Tensor& tokens) override {
    const auto bias = bias_of(tokens.size(1)).to(tokens.device());
    auto rows = embed_->forward(tokens);
    for (const auto& block : blocks_) rows = block->forward(rows, bias);
    return norm_->forward(rows);
  }

 private:
  torch::Tensor bias_of(std::int64_t length) const {
    const auto place = torch::arange(length, torch::kFloat32);
    const auto back = place.unsqueeze(1) - place.unsqueeze(0);
    const auto later =
        torch::zeros({length, length}).masked_fill(back < 0, -std::numeric_limits<float>::infinity());
    std::vector<torch::Tensor> biases;
    for (std::size_t head = 0; head < heads_; ++head)
      biases.push_back(later - back * Transformer::slope(head, heads_));
    return torch::stack(biases);
  }

  std::size_t heads_;
  torch::nn::Linear embed_;
  torch::nn::LayerNorm norm_;
  std::vector<std::shared_ptr<BlockModule>> blocks_;
};

torch::nn::Embedding embedding(std::size_t names, std::size_t width) {
  torch::nn::Embedding made(signed_size(std::max<std::size_t>(names, 1)), signed_size(width));
  const torch::NoGradGuard guard;
  made->weight.mul_(small_start);
  return made;
}

// Those of registered parts, one level deep, under the part's name.
class Decoder : public torch::nn::Module {};

}  // namespace

std::shared_ptr<EncoderModule> encoder_module(const ConnectShape& shape) {
  if (shape.encoder == EncoderKind::lstm) return std::make_shared<LstmModule>(shape);
  return std::make_shared<TransformerModule>(shape);
}

ConnectModule::ConnectModule(const ConnectShape& shape, const Vocabulary& vocabulary)
    : encoder_(register_module("encoder", encoder_module(shape))),
      users_(register_module("users", embedding(vocabulary.users.size(), shape.user))),
      roles_(register_module("roles", embedding(vocabulary.roles.size(), shape.role))),
      departments_(
          register_module("departments", embedding(vocabulary.departments.size(), shape.department))),
      wide_(signed_size(shape.state + shape.who() + connect_inputs), signed_size(shape.wide)),
      narrow_(signed_size(shape.wide), signed_size(shape.narrow)),
      last_(signed_size(shape.narrow), 1),
      dropout_(share_dropped) {
  const auto decoder = register_module("decoder", std::make_shared<Decoder>());
  decoder->register_module("wide", wide_);
  decoder->register_module("narrow", narrow_);
  decoder->register_module("last", last_);
  register_module("dropout", dropout_);
  const torch::NoGradGuard guard;
  last_->weight.mul_(small_start);
  last_->bias.zero_();
}

torch::Tensor ConnectModule::forward(const ConnectBatch& batch) {
  const auto state = encoder_->forward(batch.tokens).index({batch.context, batch.position});
  const auto masked = [](const torch::Tensor& rows, const torch::Tensor& mask) {
    return rows * mask.unsqueeze(1);
  };
  const auto all =
      torch::cat({masked(state, batch.has_past), masked(users_->forward(batch.user), batch.knows_user),
                  masked(roles_->forward(batch.role), batch.knows_role),
                  masked(departments_->forward(batch.department), batch.knows_department), batch.inputs},
                 1);
  const auto wide = dropout_->forward(torch::relu(wide_->forward(all)));
  return batch.regression + last_->forward(torch::relu(narrow_->forward(wide))).squeeze(1);
}

}  // namespace deskloom::predict
