#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <limits>
#include <span>
#include <utility>

#include "predict/quantiles.hpp"

// Quantiles of amounts of which each has a weight, fast enough for each hour of each forecast.
namespace deskloom::predict {

// Up to `size` amounts, which come in ascending order. At a level is the least amount up to which so much of
// the weight lies.
template <std::size_t size>
class AscendingSample {
 public:
  void add(float amount, float weight) {
    amounts_[count_] = amount;
    sums_[count_++] = weight;
  }
  // Of one amount at least; forgets them.
  Quantiles take_quantiles() {
    const std::size_t count = std::exchange(count_, 0);
    float total = 0;
    for (std::size_t i = 0; i < count; ++i) sums_[i] = total += sums_[i];
    // Compares in whole blocks and without branches: which way they went could not be foretold.
    const std::size_t end = (count + block - 1) / block * block;
    for (std::size_t i = count; i < end; ++i) sums_[i] = std::numeric_limits<float>::max();
    Quantiles quantiles{};
    for (std::size_t level = 0; level < quantiles.size(); ++level) {
      const float share = static_cast<float>(quantile_levels[level]) * total;
      std::uint32_t below = 0;
      for (std::size_t i = 0; i < end; ++i) below += sums_[i] < share ? 1U : 0U;
      quantiles[level] = amounts_[std::min<std::size_t>(below, count - 1)];
    }
    return quantiles;
  }

 private:
  static constexpr std::size_t block = 8;
  std::array<float, size> amounts_;
  std::array<float, (size + block - 1) / block * block> sums_;  // of the weights so far; at first, weights
  std::size_t count_ = 0;
};

// Weights of some of up to `size` amounts whose order is known: so no sorting is needed.
template <std::size_t size>
class WeightedRanks {
 public:
  void add(std::size_t rank, float weight) {
    weights_[rank] += weight;
    present_[rank / bits] |= std::uint64_t{1} << rank % bits;
  }
  bool empty() const {
    return std::ranges::all_of(present_, [](std::uint64_t word) { return word == 0; });
  }

  // ascending: the amount at each rank. Forgets the weights.
  Quantiles take_quantiles(std::span<const float> ascending) {
    for (std::size_t word = 0; word < present_.size(); ++word) {
      for (std::uint64_t left = std::exchange(present_[word], 0); left != 0; left &= left - 1) {
        const std::size_t rank = word * bits + static_cast<std::size_t>(std::countr_zero(left));
        sample_.add(ascending[rank], weights_[rank]);
        weights_[rank] = 0;
      }
    }
    return sample_.take_quantiles();
  }

 private:
  static constexpr std::size_t bits = 64;
  std::array<float, size> weights_{};
  std::array<std::uint64_t, (size + bits - 1) / bits> present_{};
  AscendingSample<size> sample_;
};

}  // namespace deskloom::predict
