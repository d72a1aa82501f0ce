#pragma once

#include <span>
#include <string>
#include <vector>

#include "predict/model_file.hpp"
#include "predict/network/kernels.hpp"

// Networks that are run without the library that trained them. All take their weights from tensors of a model
// file, by the names that LibTorch gives them, and throw Error(corrupt) when one is missing or of another
// shape.
namespace deskloom::predict {

// NAME.weight (outputs × inputs) and NAME.bias.
Dense dense_of(const ModelFile& model, const std::string& name, std::size_t inputs, std::size_t outputs);

// A sequence of rows to a sequence of states, one a row; each is made of the rows up to its own.
class SequenceEncoder {
 public:
  virtual ~SequenceEncoder() = default;
  virtual std::size_t state_width() const = 0;
  // sequence: rows × inputs. Gives rows × state_width.
  virtual std::vector<float> states(std::span<const float> sequence) const = 0;
};

// Long short-term memory of one layer (Hochreiter, Schmidhuber 1997; with forget gates, Gers et al. 2000), as
// torch::nn::LSTM: NAME.weight_ih_l0, weight_hh_l0, bias_ih_l0, bias_hh_l0, gates in the order input, forget,
// cell, output.
class Lstm : public SequenceEncoder {
 public:
  Lstm(const ModelFile& model, const std::string& name, std::size_t inputs, std::size_t width);

  std::size_t state_width() const override { return width_; }
  std::vector<float> states(std::span<const float> sequence) const override;

 private:
  std::size_t width_;
  Dense from_input_, from_state_;
};

struct TransformerShape {
  std::size_t inputs, width, heads, hidden, blocks;
};

// A causal Transformer (Vaswani et al.: Attention is all you need, 2017) that normalises first (Xiong et al.:
// On layer normalization in the Transformer architecture, 2020), and whose heads look the less the farther
// back, in place of positions (Press, Smith, Lewis: Train short, test long, 2022).
// NAME.embed; NAME.block0 to blocks - 1, each with norm1, queries, keys, values, merge, norm2, widen and
// narrow; NAME.norm. Queries are scaled by 1 / sqrt(width / heads).
class Transformer : public SequenceEncoder {
 public:
  Transformer(const ModelFile& model, const std::string& name, const TransformerShape& shape);

  std::size_t state_width() const override { return shape_.width; }
  std::vector<float> states(std::span<const float> sequence) const override;

  // How much less a head looks at each step back: 2^(-8 (head + 1) / heads).
  static float slope(std::size_t head, std::size_t heads);

 private:
  struct Norm {
    std::vector<float> scale, shift;
  };
  struct Block {
    Norm norm1;
    Dense queries, keys, values, merge;
    Norm norm2;
    Dense widen, narrow;
  };
  static Norm norm_of(const ModelFile& model, const std::string& name, std::size_t width);
  void attend(const Block& block, std::vector<float>& rows) const;
  void feed_forward(const Block& block, std::vector<float>& rows) const;

  TransformerShape shape_;
  Dense embed_;
  std::vector<Block> blocks_;
  Norm norm_;
};

}  // namespace deskloom::predict
