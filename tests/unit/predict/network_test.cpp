// Networks without LibTorch (SPEC D4): against values worked out by hand, and against what a file may lack.
// unit_predict_torch compares them with LibTorch's.
#include "predict/network/network.hpp"

#include <cmath>

#include "base/error.hpp"
#include "support/catch.hpp"

using namespace deskloom;
using namespace deskloom::predict;
using deskloom::test::Contains;
#ifdef DESKLOOM_CATCH2_V2
using Catch::Detail::Approx;
#endif

namespace {

double squash(double x) { return 1 / (1 + std::exp(-x)); }

// One input, a state of one.
ModelFile lstm_of_one() {
  ModelFile model("test");
  model.tensors["e.weight_ih_l0"] = {{4, 1}, {0.5F, -0.25F, 1, 2}};
  model.tensors["e.weight_hh_l0"] = {{4, 1}, {0.1F, 0.2F, -0.3F, 0.4F}};
  model.tensors["e.bias_ih_l0"] = {{4}, {0, 1, 0, 0}};
  model.tensors["e.bias_hh_l0"] = {{4}, {0, 0, 0, -1}};
  return model;
}

ModelFile transformer(const TransformerShape& shape) {
  ModelFile model("test");
  const auto fill = [&](const std::string& name, const Shape& dimensions) {
    Tensor tensor{dimensions, std::vector<float>(count_of(dimensions))};
    for (std::size_t i = 0; i < tensor.values.size(); ++i)
      tensor.values[i] = std::sin(static_cast<float>(i * 7 + name.size())) * 0.5F;
    model.tensors[name] = tensor;
  };
  const auto dense = [&](const std::string& name, std::size_t inputs, std::size_t outputs) {
    fill(name + ".weight", {outputs, inputs});
    fill(name + ".bias", {outputs});
  };
  const auto norm = [&](const std::string& name) {
    fill(name + ".weight", {shape.width});
    fill(name + ".bias", {shape.width});
  };
  dense("e.embed", shape.inputs, shape.width);
  norm("e.norm");
  for (std::size_t number = 0; number < shape.blocks; ++number) {
    const std::string block = "e.block" + std::to_string(number) + ".";
    for (const char* part : {"queries", "keys", "values", "merge"})
      dense(block + part, shape.width, shape.width);
    norm(block + "norm1");
    norm(block + "norm2");
    dense(block + "widen", shape.width, shape.hidden);
    dense(block + "narrow", shape.hidden, shape.width);
  }
  return model;
}

}  // namespace

TEST_CASE("an LSTM's two steps, worked out by hand") {
  const Lstm lstm(lstm_of_one(), "e", 1, 1);
  const std::vector<float> sequence{1, -2};
  const auto states = lstm.states(sequence);
  REQUIRE(states.size() == 2);
  const double cell1 = squash(0.5) * std::tanh(1.0), state1 = squash(2.0 - 1) * std::tanh(cell1);
  CHECK(states[0] == Approx(state1).margin(1e-6));
  const double cell2 =
      squash(0.5 + 1 + 0.2 * state1) * cell1 + squash(-1 + 0.1 * state1) * std::tanh(-2 - 0.3 * state1);
  CHECK(states[1] == Approx(squash(-4 - 1 + 0.4 * state1) * std::tanh(cell2)).margin(1e-6));
  CHECK(lstm.states({}).empty());
}

TEST_CASE("a Transformer's state does not change with what comes after it") {
  const TransformerShape shape{3, 8, 2, 12, 2};
  const Transformer encoder(transformer(shape), "e", shape);
  std::vector<float> sequence(3 * 20);
  for (std::size_t i = 0; i < sequence.size(); ++i) sequence[i] = std::cos(static_cast<float>(i));
  const auto all = encoder.states(sequence);
  REQUIRE(all.size() == 20 * 8);
  for (const std::size_t rows : {1U, 7U, 19U}) {
    const auto some = encoder.states(std::span(sequence).first(rows * 3));
    for (std::size_t i = 0; i < some.size(); ++i) CHECK(some[i] == Approx(all[i]).margin(1e-5));
  }
  sequence[0] += 1;  // but with what came before
  CHECK(encoder.states(sequence).back() != all.back());
}

TEST_CASE("heads look less far back one after the other") {
  CHECK(Transformer::slope(0, 4) == 0.25F);
  CHECK(Transformer::slope(3, 4) == 1.0F / 256);
}

TEST_CASE("a network whose tensors are missing, or of another shape, is refused") {
  auto model = lstm_of_one();
  CHECK_THROWS_WITH(Lstm(model, "e", 2, 1), Contains("e.weight_ih_l0 has the shape [4,1], not [4,2]"));
  model.tensors.erase("e.bias_hh_l0");
  CHECK_THROWS_WITH(Lstm(model, "e", 1, 1), Contains("e.bias_hh_l0 is missing"));
  const TransformerShape shape{3, 8, 2, 12, 2};
  auto other = transformer(shape);
  other.tensors.erase("e.block1.narrow.weight");
  CHECK_THROWS_WITH(Transformer(other, "e", shape), Contains("e.block1.narrow.weight is missing"));
}
