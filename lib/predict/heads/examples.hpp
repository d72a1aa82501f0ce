#pragma once

#include <cstdint>
#include <vector>

#include "predict/heads/head.hpp"

namespace deskloom::predict {

// Questions whose answers are known, for a head to learn from. Each is of one user, and has rows: one for
// each alternative of a choice, otherwise one.
struct HeadExamples {
  std::size_t inputs = 0;
  std::vector<float> rows;
  // What the model to be corrected says: of choices and chances a probability for each row; of quantiles
  // those, less the median and in spreads.
  std::vector<float> base;
  std::vector<float> truths;             // of each row: 1 for what came true; the amount, likewise
  std::vector<std::uint32_t> ends;       // of each question: the row behind its last
  std::vector<std::uint32_t> knowledge;  // of each question: a row of Knowledge
  std::vector<float> weights;            // of each question

  std::size_t size() const { return ends.size(); }

  void add_choice(std::span<const float> of_rows, std::span<const float> probabilities, std::size_t taken,
                  std::uint32_t who);
  void add_chance(std::span<const float> row, float probability, bool outcome, std::uint32_t who);
  // weight: of an error of one, in the amount's unit.
  void add_amount(std::span<const float> row, const Quantiles& quantiles, float spread, float amount,
                  float weight, std::uint32_t who);

 private:
  void close(std::uint32_t who, float weight);
};

// learnt comes before validated.
struct HeadSet {
  HeadKind kind{};
  HeadExamples learnt, validated;

  HeadSet(HeadKind of, std::size_t inputs) : kind(of) { learnt.inputs = validated.inputs = inputs; }
};

}  // namespace deskloom::predict
