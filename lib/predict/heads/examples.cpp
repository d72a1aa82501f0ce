#include "predict/heads/examples.hpp"

namespace deskloom::predict {

void HeadExamples::close(std::uint32_t who, float weight) {
  ends.push_back(static_cast<std::uint32_t>(rows.size() / inputs));
  knowledge.push_back(who);
  weights.push_back(weight);
}

void HeadExamples::add_choice(std::span<const float> of_rows, std::span<const float> probabilities,
                              std::size_t taken, std::uint32_t who) {
  rows.insert(rows.end(), of_rows.begin(), of_rows.end());
  base.insert(base.end(), probabilities.begin(), probabilities.end());
  for (std::size_t row = 0; row < probabilities.size(); ++row) truths.push_back(row == taken ? 1 : 0);
  close(who, 1);
}

void HeadExamples::add_chance(std::span<const float> row, float probability, bool outcome,
                              std::uint32_t who) {
  rows.insert(rows.end(), row.begin(), row.end());
  base.push_back(probability);
  truths.push_back(outcome ? 1 : 0);
  close(who, 1);
}

void HeadExamples::add_amount(std::span<const float> row, const Quantiles& quantiles, float spread,
                              float amount, float weight, std::uint32_t who) {
  rows.insert(rows.end(), row.begin(), row.end());
  for (const float quantile : quantiles) base.push_back((quantile - quantiles[median_level]) / spread);
  truths.push_back((amount - quantiles[median_level]) / spread);
  close(who, weight * spread);
}

}  // namespace deskloom::predict
