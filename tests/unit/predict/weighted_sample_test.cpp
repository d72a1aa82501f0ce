// Quantiles of weighted amounts (SPEC D5).
#include "predict/network/weighted_sample.hpp"

#include <random>

#include "support/catch.hpp"

using namespace deskloom::predict;

TEST_CASE("a quantile is the least amount up to which so much of the weight lies") {
  AscendingSample<4> sample;
  sample.add(1, 2);
  sample.add(5, 6);
  sample.add(7, 1);
  sample.add(9, 1);
  CHECK(sample.take_quantiles() == Quantiles{1, 1, 5, 5, 5, 5, 5, 5, 7, 9, 9});
  sample.add(3, 0.5F);
  CHECK(sample.take_quantiles() == Quantiles{3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3});
}

TEST_CASE("weights of ranks come to the same as amounts in order, time after time") {
  constexpr std::size_t size = 150;
  std::mt19937 random(3);  // NOLINT: the same each time
  std::vector<float> ascending(size);
  for (std::size_t i = 0; i < size; ++i) ascending[i] = static_cast<float>(i * i);
  WeightedRanks<size> ranks;
  for (int round = 0; round < 20; ++round) {
    CHECK(ranks.empty());
    std::array<float, size> weights{};
    for (int i = 0; i < 30; ++i) {
      const std::size_t rank = random() % size;
      const auto weight = static_cast<float>(1 + random() % 8);
      ranks.add(rank, weight);
      weights[rank] += weight;
    }
    AscendingSample<size> sample;
    for (std::size_t rank = 0; rank < size; ++rank)
      if (weights[rank] > 0) sample.add(ascending[rank], weights[rank]);
    CHECK_FALSE(ranks.empty());
    CHECK(ranks.take_quantiles(ascending) == sample.take_quantiles());
  }
}
