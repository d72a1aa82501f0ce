// What networks are computed with (SPEC D4), against values worked out by hand.
#include "predict/network/kernels.hpp"

#include <cmath>

#include "support/catch.hpp"

using namespace deskloom::predict;
#ifdef DESKLOOM_CATCH2_V2
using Catch::Detail::Approx;
#endif

TEST_CASE("a linear layer multiplies and adds, for any number of rows and columns") {
  for (const std::size_t inputs : {1U, 3U, 8U, 17U}) {
    for (const std::size_t outputs : {1U, 7U, 8U, 9U, 33U}) {
      std::vector<float> weight(inputs * outputs), bias(outputs);
      for (std::size_t o = 0; o < outputs; ++o) {
        bias[o] = static_cast<float>(o);
        for (std::size_t i = 0; i < inputs; ++i)
          weight[o * inputs + i] = static_cast<float>(o) - 2 * static_cast<float>(i);
      }
      const Dense dense(weight, bias, inputs);
      for (const std::size_t rows : {1U, 4U, 6U}) {
        std::vector<float> in(rows * inputs), out(rows * outputs + 1, -7.0F);
        for (std::size_t k = 0; k < in.size(); ++k) in[k] = static_cast<float>(k % 5) - 1;
        dense.apply(in, std::span(out).first(rows * outputs));
        for (std::size_t row = 0; row < rows; ++row) {
          for (std::size_t o = 0; o < outputs; ++o) {
            float sum = bias[o];
            for (std::size_t i = 0; i < inputs; ++i) sum += weight[o * inputs + i] * in[row * inputs + i];
            CHECK(out[row * outputs + o] == sum);
          }
        }
        CHECK(out.back() == -7.0F);  // nothing behind the end is touched
      }
    }
  }
}

TEST_CASE("curves are right to 1e-6 wherever they bend, and stay in bounds where they do not") {
  std::vector<float> at;
  for (float x = -30; x <= 30; x += 0.0625F) at.push_back(x);
  auto squashed = at, bent = at;
  sigmoid(squashed);
  hyperbolic_tangent(bent);
  for (std::size_t i = 0; i < at.size(); ++i) {
    CHECK(squashed[i] == Approx(1 / (1 + std::exp(-static_cast<double>(at[i])))).margin(1e-6));
    CHECK(bent[i] == Approx(std::tanh(static_cast<double>(at[i]))).margin(1e-6));
  }
  std::vector<float> far{-1e30F, -200, 200, 1e30F, -INFINITY, INFINITY};
  auto ends = far;
  sigmoid(ends);
  hyperbolic_tangent(far);
  for (std::size_t i = 0; i < far.size(); ++i) {
    CHECK(ends[i] >= 0);
    CHECK(ends[i] <= 1);
    CHECK(std::abs(far[i]) == Approx(1));
  }
}

TEST_CASE("a softmax sums to one, however large its values are") {
  std::vector<float> values{1, 2, 3};
  softmax(values);
  CHECK(values[0] == Approx(0.09003057));
  CHECK(values[1] == Approx(0.24472847));
  CHECK(values[2] == Approx(0.66524096));
  std::vector<float> large{1000, 1000};
  softmax(large);
  CHECK(large[0] == Approx(0.5));
}

TEST_CASE("a normalised row has mean 0 and variance 1, then the scale and shift that were learnt") {
  const std::vector<float> in{1, 2, 3, 4, 5, 5, 5, 5}, scale{1, 1, 1, 2}, shift{0, 0, 10, 0};
  std::vector<float> out(in.size());
  normalize(in, scale, shift, out);
  CHECK(out[0] == Approx(-1.3416354));
  CHECK(out[1] == Approx(-0.4472118));
  CHECK(out[2] == Approx(10.4472118));
  CHECK(out[3] == Approx(2.6832709));
  CHECK(out[4] == Approx(0).margin(1e-6));  // a row without variance
}
