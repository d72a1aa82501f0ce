#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "predict/model_file.hpp"
#include "predict/network/kernels.hpp"
#include "predict/quantiles.hpp"

// A head of the network of connects. What that network knows of a user (their state after their last session,
// and the embeddings of who they are), and inputs that are of one question, say by how much another model is
// wrong about it: where users will be, what they will start, how long they will stay, how much they will use.
// It begins as that model.
namespace deskloom::predict {

inline constexpr std::size_t head_width = 48;  // of its hidden layer

// What is said of a row.
enum class HeadKind {
  choice,    // how much likelier it is than the other rows of its question, one of which comes true
  chance,    // how much likelier it is
  quantiles  // how they move
};
std::size_t outputs_of(HeadKind kind);

// Of the quantiles' move: that of the median, and how the gap below each of the others grows. In spreads, and
// as logarithms.
inline constexpr std::size_t quantile_moves = quantile_levels.size();
inline constexpr float most_median_move = 2, most_gap_growth = 1.5F;
inline constexpr float least_gap = 0.02F;  // in spreads: what grows of a gap of 0

// Tensors NAME.wide and NAME.last (weight and bias), NAME.mean and NAME.factor (inputs), NAME.strength (1);
// of quantiles NAME.offsets, too: what is added to each in the end, in spreads.
class Head {
 public:
  // nullopt: the model has none of that name. Throws Error(corrupt) when it is not whole, or for other
  // inputs.
  static std::optional<Head> in(const ModelFile& model, const std::string& name, HeadKind kind,
                                std::size_t knowledge, std::size_t inputs);

  std::size_t inputs() const { return from_inputs_.inputs(); }
  // Of a user, whatever is asked. knowledge: Knowledge::width values.
  std::vector<float> context(std::span<const float> knowledge) const;
  // rows: inputs() values each. Gives outputs_of(kind) for each, 0 where nothing is to be corrected.
  std::vector<float> corrections(std::span<const float> context, std::span<const float> rows) const;
  std::span<const float> offsets() const { return offsets_; }

 private:
  Head(const ModelFile& model, const std::string& name, HeadKind kind, std::size_t knowledge,
       std::size_t inputs);

  Dense from_knowledge_, from_inputs_, last_;
  std::vector<float> mean_, factor_, offsets_;
  float strength_;
};

// A head, and the user of whom it is asked.
struct HeadOfUser {
  const Head& head;
  std::vector<float> context;
};

// A head as it would have been asked at a time of a record, in seconds since 1970; empty: there is none.
using HeadAt = std::function<HeadOfUser(const std::string& user, std::int64_t time_s)>;

// Probabilities that sum to 1, of the rows of a choice; afterwards, they do again.
void correct_choice(const HeadOfUser& head, std::span<const float> rows, std::span<float> probabilities);
// Of things that do not exclude each other.
void correct_chances(const HeadOfUser& head, std::span<const float> rows, std::span<float> probabilities);
// One row for each; amounts of 0 or more. spread: of each, above 0.
void correct_quantiles(const HeadOfUser& head, std::span<const float> rows, std::span<const float> spreads,
                       std::span<Quantiles> quantiles);
// moves: quantile_moves values. Without moves, the quantiles as they are; they never cross.
Quantiles moved(const Quantiles& quantiles, float spread, std::span<const float> moves);

}  // namespace deskloom::predict
