#include "predict/heads/head.hpp"

#include <algorithm>
#include <cmath>

#include "predict/network/connect_network.hpp"

namespace deskloom::predict {
namespace {

constexpr float least = 1e-6F;

// Columns [from, from + count) of the hidden layer, with its bias or without.
Dense columns_of(const ModelFile& model, const std::string& name, std::size_t all, std::size_t from,
                 std::size_t count, bool with_bias) {
  const auto& weight = model.values(name + ".wide.weight", {head_width, all});
  const auto& bias = model.values(name + ".wide.bias", {head_width});
  std::vector<float> part;
  for (std::size_t row = 0; row < head_width; ++row) {
    const auto columns = std::span(weight).subspan(row * all + from, count);
    part.insert(part.end(), columns.begin(), columns.end());
  }
  return {part, with_bias ? std::span<const float>(bias) : std::span<const float>(), count};
}

}  // namespace

std::size_t outputs_of(HeadKind kind) { return kind == HeadKind::quantiles ? quantile_moves : 1; }

Head::Head(const ModelFile& model, const std::string& name, HeadKind kind, std::size_t knowledge,
           std::size_t inputs)
    : from_knowledge_(columns_of(model, name, knowledge + inputs, 0, knowledge, true)),
      from_inputs_(columns_of(model, name, knowledge + inputs, knowledge, inputs, false)),
      last_(dense_of(model, name + ".last", head_width, outputs_of(kind))),
      mean_(model.values(name + ".mean", {inputs})),
      factor_(model.values(name + ".factor", {inputs})),
      strength_(model.values(name + ".strength", {1}, 1).front()) {
  if (kind == HeadKind::quantiles) offsets_ = model.values(name + ".offsets", {quantile_moves});
}

std::optional<Head> Head::in(const ModelFile& model, const std::string& name, HeadKind kind,
                             std::size_t knowledge, std::size_t inputs) {
  if (!model.tensors.contains(name + ".strength")) return {};
  return Head(model, name, kind, knowledge, inputs);
}

std::vector<float> Head::context(std::span<const float> knowledge) const {
  std::vector<float> sum(from_inputs_.padded_outputs());
  from_knowledge_.apply(knowledge, std::span(sum).first(head_width));
  return sum;
}

std::vector<float> Head::corrections(std::span<const float> context, std::span<const float> rows) const {
  const std::size_t count = rows.size() / inputs();
  std::vector<float> scaled(rows.size()), wide(count * head_width), out(count * last_.outputs());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const std::size_t column = i % inputs();
    scaled[i] = std::clamp((rows[i] - mean_[column]) * factor_[column], -most_input, most_input);
  }
  from_inputs_.apply(scaled, context, wide);
  relu(wide);
  last_.apply(wide, out);
  for (float& value : out) value *= strength_;
  return out;
}

void correct_choice(const HeadOfUser& head, std::span<const float> rows, std::span<float> probabilities) {
  std::vector<float> logits = head.head.corrections(head.context, rows);
  for (std::size_t row = 0; row < logits.size(); ++row)
    logits[row] += std::log(std::max(probabilities[row], least));
  softmax(logits);
  std::ranges::copy(logits, probabilities.begin());
}

void correct_chances(const HeadOfUser& head, std::span<const float> rows, std::span<float> probabilities) {
  const auto corrections = head.head.corrections(head.context, rows);
  for (std::size_t row = 0; row < corrections.size(); ++row) {
    const float p = std::clamp(probabilities[row], least, 1 - least);
    probabilities[row] = 1 / (1 + std::exp(-std::log(p / (1 - p)) - corrections[row]));
  }
}

void correct_quantiles(const HeadOfUser& head, std::span<const float> rows, std::span<const float> spreads,
                       std::span<Quantiles> quantiles) {
  const auto moves = head.head.corrections(head.context, rows);
  for (std::size_t row = 0; row < quantiles.size(); ++row) {
    quantiles[row] =
        moved(quantiles[row], spreads[row], std::span(moves).subspan(row * quantile_moves, quantile_moves));
    for (std::size_t level = 0; level < quantile_moves; ++level)
      quantiles[row][level] += spreads[row] * head.head.offsets()[level];
    order_quantiles(quantiles[row], 0);
  }
}

Quantiles moved(const Quantiles& quantiles, float spread, std::span<const float> moves) {
  const auto gap = [&](std::size_t above) {
    const float before = std::max(quantiles[above] - quantiles[above - 1], 0.0F);
    const float growth = std::exp(std::clamp(moves[above], -most_gap_growth, most_gap_growth)) - 1;
    return std::max(before + (before + least_gap * spread) * growth, 0.0F);
  };
  Quantiles after = quantiles;
  // The first of the moves is the median's: the lowest quantile has no gap below it.
  after[median_level] += spread * std::clamp(moves[0], -most_median_move, most_median_move);
  for (std::size_t level = median_level + 1; level < after.size(); ++level)
    after[level] = after[level - 1] + gap(level);
  for (std::size_t level = median_level; level-- > 0;) after[level] = after[level + 1] - gap(level + 1);
  for (float& quantile : after) quantile = std::max(quantile, 0.0F);
  return after;
}

}  // namespace deskloom::predict
