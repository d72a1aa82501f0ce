// How far counts and amounts may go (SPEC D5).
#include "predict/demand/counts.hpp"

#include <cmath>
#include <limits>

#include "support/catch.hpp"

using namespace deskloom::predict;
#ifdef DESKLOOM_CATCH2_V2
using Catch::Detail::Approx;
#endif

TEST_CASE("a count whose variance is its mean is Poisson's") {
  // Of mean 3, P(at most 2) is 0.4232, P(at most 5) 0.9161, P(at most 6) 0.9665.
  CHECK(count_quantile(3, 3, 0.42) == 2);
  CHECK(count_quantile(3, 3, 0.43) == 3);
  CHECK(count_quantile(3, 3, 0.91) == 5);
  CHECK(count_quantile(3, 3, 0.95) == 6);
  CHECK(count_quantile(3, 1, 0.95) == 6);  // no count is taken to vary less
}

TEST_CASE("a count that varies more goes further, and is nought more often") {
  // Negative binomial of size 1 and mean 1: P(n) is a half to the power of n + 1.
  CHECK(count_quantile(1, 2, 0.49) == 0);
  CHECK(count_quantile(1, 2, 0.74) == 1);
  CHECK(count_quantile(1, 2, 0.76) == 2);
  CHECK(count_quantile(1, 2, 0.99) == 6);
}

TEST_CASE("large counts go on where small ones end") {
  const double below = count_quantile(59.9, 80, 0.95), above = count_quantile(60.1, 80, 0.95);
  CHECK(std::abs(above - below) <= 1);
  CHECK(count_quantile(10'000, 10'000, 0.5) == Approx(10'000).epsilon(0.001));
  CHECK(count_quantile(10'000, 10'000, 0.99) == Approx(10'233).epsilon(0.002));
}

TEST_CASE("amounts follow the gamma distribution nearly") {
  // Of shape 4 and mean 4: median 3.672, 0.95 quantile 7.754.
  CHECK(amount_quantile(4, 4, 0.5) == Approx(3.672).epsilon(0.01));
  CHECK(amount_quantile(4, 4, 0.95) == Approx(7.754).epsilon(0.01));
  CHECK(amount_quantile(4, 0, 0.95) == 4);
  CHECK(amount_quantile(0.01, 10, 0.1) == 0);
}

TEST_CASE("a mean that is none, or no number, gives nought") {
  for (const double mean : {0.0, -1.0, std::nan(""), std::numeric_limits<double>::infinity()}) {
    CHECK(count_quantile(mean, 1, 0.9) == 0);
    CHECK(amount_quantile(mean, 1, 0.9) == 0);
  }
}
