// Networks as they are used give what LibTorch gives (SPEC D4), to 1e-5.
#include "predict/network/network.hpp"

#include "predict/torch/checkpoint.hpp"
#include "predict/torch/connect_module.hpp"
#include "support/catch.hpp"

using namespace deskloom;
using namespace deskloom::predict;

namespace {

constexpr double close = 1e-5;
constexpr std::int64_t length = 100;

ModelFile file_of(const torch::nn::Module& module, const std::string& prefix) {
  ModelFile model("test");
  for (const auto& parameter : module.named_parameters())
    put(model, prefix + "." + parameter.key(), parameter.value());
  return model;
}

void make_lively(torch::nn::Module& module) {
  const torch::NoGradGuard guard;
  for (auto& parameter : module.parameters()) parameter.normal_(0, 0.4);
}

void check_alike(EncoderModule& module, const SequenceEncoder& encoder) {
  const torch::NoGradGuard guard;
  const auto tokens = torch::randn({1, length, static_cast<std::int64_t>(token_width)}) * 2;
  const auto wanted = module.forward(tokens).contiguous();
  const float* of = tokens.data_ptr<float>();
  const auto found = encoder.states({of, static_cast<std::size_t>(tokens.numel())});
  REQUIRE(static_cast<std::int64_t>(found.size()) == wanted.numel());
  double farthest = 0;
  for (std::size_t i = 0; i < found.size(); ++i)
    farthest = std::max(farthest, std::abs(static_cast<double>(found[i] - wanted.data_ptr<float>()[i])));
  CHECK(farthest < close);
}

}  // namespace

TEST_CASE("an LSTM gives LibTorch's states") {
  torch::manual_seed(1);
  for (const std::size_t width : {5U, 48U}) {
    ConnectShape shape;
    shape.state = width;
    const auto module = encoder_module(shape);
    make_lively(*module);
    check_alike(*module, Lstm(file_of(*module, "encoder"), "encoder", token_width, width));
  }
}

TEST_CASE("a Transformer gives LibTorch's states") {
  torch::manual_seed(2);
  ConnectShape shape;
  shape.encoder = EncoderKind::transformer;
  const auto module = encoder_module(shape);
  make_lively(*module);
  check_alike(*module, Transformer(file_of(*module, "encoder"), "encoder",
                                   {token_width, shape.state, shape.heads, shape.widened, shape.blocks}));
}

TEST_CASE("the whole network gives LibTorch's logits, for users it knows and others") {
  torch::manual_seed(3);
  const ConnectShape shape;
  const Vocabulary vocabulary{{"bob", "ann"}, {"clerk"}, {"sales", "board"}};
  ConnectModule module(shape, vocabulary);
  make_lively(module);
  module.eval();
  ModelFile model(connect_schema);
  put_shape(model, shape);
  put_vocabulary(model, vocabulary);
  for (const auto& parameter : module.named_parameters()) put(model, parameter.key(), parameter.value());
  model.tensors["inputs.mean"] = {{connect_inputs}, std::vector<float>(connect_inputs, 0)};
  model.tensors["inputs.factor"] = {{connect_inputs}, std::vector<float>(connect_inputs, 1)};
  model.tensors["linear"] = {{network_bands, ahead_features},
                             std::vector<float>(network_bands * ahead_features, 0.1F)};
  model.tensors["calibration"] = {{2}, {1, 0}};
  const ConnectNetwork network(decode_model(encode_model(model), "a model"));

  const torch::NoGradGuard guard;
  const auto tokens = torch::randn({1, length, static_cast<std::int64_t>(token_width)});
  const auto inputs = torch::randn({3, static_cast<std::int64_t>(connect_inputs)});
  const std::int64_t seen = 70;
  ConnectBatch batch;
  batch.tokens = tokens;
  batch.context = torch::zeros({3}, torch::kInt64);
  batch.position = torch::tensor({seen - 1, seen - 1, std::int64_t{0}});
  batch.has_past = torch::tensor({1.0F, 1.0F, 0.0F});
  batch.user = torch::tensor({1, 0, 0}, torch::kInt64);
  batch.role = torch::zeros({3}, torch::kInt64);
  batch.department = torch::tensor({0, 1, 0}, torch::kInt64);
  batch.knows_user = torch::tensor({1.0F, 0.0F, 0.0F});
  batch.knows_role = torch::tensor({1.0F, 1.0F, 0.0F});
  batch.knows_department = torch::tensor({1.0F, 1.0F, 0.0F});
  batch.inputs = inputs;
  batch.regression = inputs.narrow(1, 0, static_cast<std::int64_t>(ahead_features)).sum(1) * 0.1F;
  const auto wanted = module.forward(batch);

  std::vector<Token> context(length);
  std::memcpy(context.data(), tokens.data_ptr<float>(), context.size() * sizeof(Token));
  const auto states = network.states(context);
  const auto state = std::span(states).subspan((seen - 1) * network.state_width(), network.state_width());
  const std::vector<Person> people{{"clerk", "sales"}, {"clerk", "board"}, {"", "unheard of"}};
  const std::vector<std::string> names{"ann", "stranger", "stranger"};
  for (std::size_t row = 0; row < names.size(); ++row) {
    ConnectInputs of{};
    std::copy_n(inputs.data_ptr<float>() + row * connect_inputs, connect_inputs, of.begin());
    float logit = 0;
    network.logits(network.who(names[row], people[row]), row == 2 ? std::span<const float>() : state, 0,
                   {&of, 1}, {&logit, 1});
    CHECK(std::abs(logit - wanted[static_cast<std::int64_t>(row)].item<float>()) < 2e-5);
  }
}
