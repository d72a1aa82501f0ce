// Quantiles of weighted lengths (SPEC D5), without sorting them.
#include "predict/length/histogram.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>
#include <vector>

#include "support/catch.hpp"

using namespace deskloom;
using namespace deskloom::predict;

TEST_CASE("lengths that are all the same come back to the second") {
  for (const int seconds : {1, 59, 60, 1800, 5025, 14'400, 86'399, 2'000'000}) {
    CAPTURE(seconds);
    LengthHistogram lengths;
    const float hours = static_cast<float>(seconds) / 3600;
    for (int i = 1; i < 200; ++i) lengths.add(hours, 1 / static_cast<float>(i));
    for (const float quantile : lengths.quantiles()) CHECK(quantile == hours);
  }
}

TEST_CASE("quantiles are those of the sorted lengths, but for the width of a bin") {
  std::mt19937 dice(1);
  std::vector<float> hours;
  LengthHistogram lengths;
  for (int i = 0; i < 999; ++i) {
    hours.push_back(static_cast<float>(dice() % 36'000) / 3600);
    lengths.add(hours.back(), 0.5F);
  }
  CHECK_THAT(lengths.weight(), Catch::Matchers::WithinRel(999 * 0.5F, 1e-4F));
  const Quantiles quantiles = lengths.quantiles();
  const Quantiles exact = empirical_quantiles(hours);
  for (std::size_t level = 0; level < quantiles.size(); ++level)
    CHECK_THAT(quantiles[level], Catch::Matchers::WithinRel(exact[level], 0.08F));
}

TEST_CASE("weights count, and one histogram is added to another by its share") {
  LengthHistogram mostly_short, lengths;
  mostly_short.add(1, 3);
  mostly_short.add(8, 1);
  CHECK(mostly_short.quantiles()[median_level] == 1);
  CHECK(mostly_short.quantiles().back() == 8);
  lengths.add(8, 1);
  lengths.add(mostly_short, 0.25F);
  CHECK(lengths.quantiles()[2] == 1);
  CHECK(lengths.quantiles()[median_level] == 8);
  lengths.scale(4);
  CHECK(lengths.weight() == 8);
  CHECK(lengths.quantiles()[median_level] == 8);
}

TEST_CASE("nothing, no length, less than none, endless ones and no numbers make sensible quantiles") {
  CHECK(LengthHistogram().quantiles() == Quantiles{});
  constexpr float endless = std::numeric_limits<float>::infinity();
  for (const float hours : {0.0F, -5.0F, 1e-9F, 3e38F, endless, std::numeric_limits<float>::quiet_NaN()}) {
    CAPTURE(hours);
    LengthHistogram lengths;
    lengths.add(hours, 1);
    lengths.add(1, 1);
    const Quantiles quantiles = lengths.quantiles();
    CHECK(std::ranges::is_sorted(quantiles));
    CHECK(quantiles.front() >= 0);
    CHECK(quantiles.back() <= 1024);
  }
}
