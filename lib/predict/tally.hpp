#pragma once

#include <cstdint>
#include <unordered_map>

namespace deskloom::predict {

// How often things were seen. Things are the caller's numbers.
class Tally {
 public:
  using Counts = std::unordered_map<std::uint32_t, double>;

  void add(std::uint32_t thing, double weight = 1) {
    counts_[thing] += weight;
    all_ += weight;
  }
  double of(std::uint32_t thing) const {
    const auto found = counts_.find(thing);
    return found == counts_.end() ? 0 : found->second;
  }
  double all() const { return all_; }
  const Counts& counts() const { return counts_; }
  // Its share, shrunk to a prior that stands for so much weight.
  double share(std::uint32_t thing, double prior, double prior_weight) const {
    return (of(thing) + prior_weight * prior) / (all_ + prior_weight);
  }

 private:
  Counts counts_;
  double all_ = 0;
};

}  // namespace deskloom::predict
