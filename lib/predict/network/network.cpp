#include "predict/network/network.hpp"

#include <algorithm>
#include <cmath>
#include <functional>

namespace deskloom::predict {
namespace {

constexpr std::size_t gates = 4;

void add(std::span<float> to, std::span<const float> what) {
  std::ranges::transform(to, what, to.begin(), std::plus<>());
}

Dense gates_of(const ModelFile& model, const std::string& name, const std::string& from, std::size_t inputs,
               std::size_t width) {
  return {model.values(name + ".weight_" + from + "_l0", {gates * width, inputs}),
          model.values(name + ".bias_" + from + "_l0", {gates * width}), inputs};
}

}  // namespace

Dense dense_of(const ModelFile& model, const std::string& name, std::size_t inputs, std::size_t outputs) {
  return {model.values(name + ".weight", {outputs, inputs}), model.values(name + ".bias", {outputs}), inputs};
}

Lstm::Lstm(const ModelFile& model, const std::string& name, std::size_t inputs, std::size_t width)
    : width_(width),
      from_input_(gates_of(model, name, "ih", inputs, width)),
      from_state_(gates_of(model, name, "hh", width, width)) {}

std::vector<float> Lstm::states(std::span<const float> sequence) const {
  const std::size_t rows = sequence.size() / from_input_.inputs();
  std::vector<float> from_inputs(rows * gates * width_), states(rows * width_);
  from_input_.apply(sequence, from_inputs);
  std::vector<float> cell(width_), squashed(width_), before(width_), sums(gates * width_);
  for (std::size_t row = 0; row < rows; ++row) {
    from_state_.apply(before, sums);
    add(sums, std::span(from_inputs).subspan(row * sums.size(), sums.size()));
    const auto gate = [&](std::size_t number) { return std::span(sums).subspan(number * width_, width_); };
    const auto input = gate(0), forget = gate(1), candidate = gate(2), output = gate(3);
    sigmoid(std::span(sums).first(2 * width_));
    hyperbolic_tangent(candidate);
    sigmoid(output);
    for (std::size_t i = 0; i < width_; ++i) cell[i] = forget[i] * cell[i] + input[i] * candidate[i];
    squashed = cell;
    hyperbolic_tangent(squashed);
    for (std::size_t i = 0; i < width_; ++i) before[i] = output[i] * squashed[i];
    std::ranges::copy(before, states.begin() + static_cast<std::ptrdiff_t>(row * width_));
  }
  return states;
}

float Transformer::slope(std::size_t head, std::size_t heads) {
  return std::exp2(-8.0F * static_cast<float>(head + 1) / static_cast<float>(heads));
}

Transformer::Norm Transformer::norm_of(const ModelFile& model, const std::string& name, std::size_t width) {
  return {model.values(name + ".weight", {width}), model.values(name + ".bias", {width})};
}

Transformer::Transformer(const ModelFile& model, const std::string& name, const TransformerShape& shape)
    : shape_(shape),
      embed_(dense_of(model, name + ".embed", shape.inputs, shape.width)),
      norm_(norm_of(model, name + ".norm", shape.width)) {
  const std::size_t width = shape.width;
  for (std::size_t number = 0; number < shape.blocks; ++number) {
    const std::string block = name + ".block" + std::to_string(number) + ".";
    blocks_.push_back(
        {norm_of(model, block + "norm1", width), dense_of(model, block + "queries", width, width),
         dense_of(model, block + "keys", width, width), dense_of(model, block + "values", width, width),
         dense_of(model, block + "merge", width, width), norm_of(model, block + "norm2", width),
         dense_of(model, block + "widen", width, shape.hidden),
         dense_of(model, block + "narrow", shape.hidden, width)});
  }
}

void Transformer::attend(const Block& block, std::vector<float>& rows) const {
  const std::size_t width = shape_.width, count = rows.size() / width, head_width = width / shape_.heads;
  std::vector<float> normal(rows.size()), queries(rows.size()), keys(rows.size()), values(rows.size());
  normalize(rows, block.norm1.scale, block.norm1.shift, normal);
  block.queries.apply(normal, queries);
  block.keys.apply(normal, keys);
  block.values.apply(normal, values);
  std::vector<float> seen(rows.size()), weights(count);
  const float scale = 1 / std::sqrt(static_cast<float>(head_width));
  for (std::size_t head = 0; head < shape_.heads; ++head) {
    const float less = slope(head, shape_.heads);
    const auto part = [&](std::vector<float>& of, std::size_t row) {
      return of.data() + row * width + head * head_width;
    };
    for (std::size_t row = 0; row < count; ++row) {
      const auto looked_at = std::span(weights).first(row + 1);
      for (std::size_t other = 0; other <= row; ++other) {
        float product = 0;
        for (std::size_t i = 0; i < head_width; ++i) product += part(queries, row)[i] * part(keys, other)[i];
        looked_at[other] = product * scale - less * static_cast<float>(row - other);
      }
      softmax(looked_at);
      for (std::size_t other = 0; other <= row; ++other) {
        for (std::size_t i = 0; i < head_width; ++i)
          part(seen, row)[i] += looked_at[other] * part(values, other)[i];
      }
    }
  }
  block.merge.apply(seen, normal);
  add(rows, normal);
}

void Transformer::feed_forward(const Block& block, std::vector<float>& rows) const {
  std::vector<float> normal(rows.size()), wide(rows.size() / shape_.width * shape_.hidden);
  normalize(rows, block.norm2.scale, block.norm2.shift, normal);
  block.widen.apply(normal, wide);
  relu(wide);
  block.narrow.apply(wide, normal);
  add(rows, normal);
}

std::vector<float> Transformer::states(std::span<const float> sequence) const {
  std::vector<float> rows(sequence.size() / shape_.inputs * shape_.width);
  embed_.apply(sequence, rows);
  for (const Block& block : blocks_) {
    attend(block, rows);
    feed_forward(block, rows);
  }
  std::vector<float> states(rows.size());
  normalize(rows, norm_.scale, norm_.shift, states);
  return states;
}

}  // namespace deskloom::predict
