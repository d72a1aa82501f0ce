#pragma once

#include <cstddef>
#include <span>
#include <vector>

// What neural networks are computed with, in single precision, on one thread. Matrices lie row after row.
namespace deskloom::predict {

// A linear layer: outputs = weight × inputs + bias.
class Dense {
 public:
  // weight: outputs × inputs, as LibTorch keeps it. bias: outputs, or empty.
  Dense(std::span<const float> weight, std::span<const float> bias, std::size_t inputs);

  std::size_t inputs() const { return inputs_; }
  std::size_t outputs() const { return outputs_; }
  // in: rows × inputs, out: rows × outputs.
  void apply(std::span<const float> in, std::span<float> out) const { apply(in, bias_, out); }
  // With another bias: of `outputs` values, and then some up to padded_outputs that do not matter.
  void apply(std::span<const float> in, std::span<const float> bias, std::span<float> out) const;
  std::size_t padded_outputs() const { return bias_.size(); }

 private:
  std::size_t inputs_, outputs_;
  std::vector<float> weight_;  // inputs × padded outputs
  std::vector<float> bias_;    // padded
};

// All in place.
void relu(std::span<float> values);
void sigmoid(std::span<float> values);
void hyperbolic_tangent(std::span<float> values);
void softmax(std::span<float> values);

// Each row to mean 0 and variance 1, then scaled and moved (Ba, Kiros, Hinton: Layer normalization, 2016).
// in and out: rows of scale.size() values.
void normalize(std::span<const float> in, std::span<const float> scale, std::span<const float> shift,
               std::span<float> out);

}  // namespace deskloom::predict
