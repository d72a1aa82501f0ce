#include "predict/network/kernels.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <cstring>

namespace deskloom::predict {
namespace {

// Eight numbers at a time, in whatever registers the processor has.
constexpr std::size_t lane = 8;
using Lane [[gnu::vector_size(lane * sizeof(float))]] = float;
using IntegerLane [[gnu::vector_size(lane * sizeof(float))]] = std::int32_t;

constexpr float layer_epsilon = 1e-5F;

template <typename Vector>
[[gnu::always_inline]] inline void load(Vector& lanes, const float* from) {
  std::memcpy(&lanes, from, sizeof lanes);
}
template <typename Vector>
[[gnu::always_inline]] inline void store(const Vector& lanes, float* to) {
  std::memcpy(to, &lanes, sizeof lanes);
}

// Rows of a product with a weight that is `width` wide, a multiple of lanes.
struct Product {
  const float* in;
  std::size_t inputs;
  const float* weight;
  std::size_t width;
  const float* bias;
  float* out;
  std::size_t outputs;
};

// `rows` rows and `lanes` lanes of columns at once, so that sums stay in registers.
template <std::size_t rows, std::size_t lanes>
[[gnu::always_inline]] inline void multiply_tile(const Product& p, std::size_t row, std::size_t column) {
  std::array<std::array<Lane, lanes>, rows> sums;
  for (auto& sum : sums) {
    for (std::size_t l = 0; l < lanes; ++l) load(sum[l], p.bias + column + l * lane);
  }
  const float* weight = p.weight + column;
  for (std::size_t i = 0; i < p.inputs; ++i, weight += p.width) {
    for (std::size_t l = 0; l < lanes; ++l) {
      Lane factors;
      load(factors, weight + l * lane);
      for (std::size_t r = 0; r < rows; ++r) sums[r][l] += p.in[(row + r) * p.inputs + i] * factors;
    }
  }
  for (std::size_t r = 0; r < rows; ++r) {
    float* out = p.out + (row + r) * p.outputs + column;
    if (column + lanes * lane <= p.outputs) {
      for (std::size_t l = 0; l < lanes; ++l) store(sums[r][l], out + l * lane);
    } else {
      std::memcpy(out, sums[r].data(), (p.outputs - column) * sizeof(float));
    }
  }
}

template <std::size_t rows>
[[gnu::always_inline]] inline void multiply_rows(const Product& p, std::size_t row) {
  constexpr std::size_t most = rows == 1 ? 4 : 2;
  std::size_t column = 0;
  for (; column + most * lane <= p.width; column += most * lane) multiply_tile<rows, most>(p, row, column);
  for (; column < p.width; column += lane) multiply_tile<rows, 1>(p, row, column);
}

[[gnu::always_inline]] inline void multiply(const Product& p, std::size_t rows) {
  constexpr std::size_t together = 4;
  std::size_t row = 0;
  for (; row + together <= rows; row += together) multiply_rows<together>(p, row);
  for (; row < rows; ++row) multiply_rows<1>(p, row);
}

// e to the x, to 2e-7 of it, by the powers of two around it and a series for what is left.
[[gnu::always_inline]] inline void exponentiate(Lane& x) {
  constexpr float limit = 87, log2_e = 1.44269504F, ln_2_high = 0.693359375F, ln_2_low = -2.12194440e-4F;
  constexpr float rounding = 12582912;  // 1.5 × 2^23: added and taken away, it rounds
  constexpr std::array<float, 6> series{1.0F / 720, 1.0F / 120, 1.0F / 24, 1.0F / 6, 0.5F, 1.0F};
  x = x > limit ? Lane{} + limit : x;
  x = x < -limit ? Lane{} - limit : x;
  const Lane shifted = x * log2_e + rounding;
  const Lane power = shifted - rounding;
  const Lane rest = x - power * ln_2_high - power * ln_2_low;
  Lane sum = Lane{} + series[0];
  for (std::size_t i = 1; i < series.size(); ++i) sum = sum * rest + series[i];
  sum = sum * rest + 1;
  const IntegerLane exponent = (__builtin_convertvector(power, IntegerLane) + 127) << 23;
  Lane scale;
  std::memcpy(&scale, &exponent, sizeof scale);
  x = sum * scale;
}

struct Sigmoid {
  [[gnu::always_inline]] static void of(Lane& x) {
    x = -x;
    exponentiate(x);
    x = 1 / (1 + x);
  }
};

struct HyperbolicTangent {
  [[gnu::always_inline]] static void of(Lane& x) {
    x = -2 * x;
    exponentiate(x);
    x = 2 / (1 + x) - 1;
  }
};

struct Exponential {
  [[gnu::always_inline]] static void of(Lane& x) { exponentiate(x); }
};

template <typename Function>
[[gnu::always_inline]] inline void each_lane(float* values, std::size_t count) {
  std::size_t i = 0;
  Lane lanes;
  for (; i + lane <= count; i += lane) {
    load(lanes, values + i);
    Function::of(lanes);
    store(lanes, values + i);
  }
  if (i == count) return;
  lanes = Lane{};
  std::memcpy(&lanes, values + i, (count - i) * sizeof(float));
  Function::of(lanes);
  std::memcpy(values + i, &lanes, (count - i) * sizeof(float));
}

// The same code for processors with wider registers, chosen when it runs.
#if defined(__x86_64__)
[[gnu::target("avx2,fma")]] void multiply_wide(const Product& p, std::size_t rows) { multiply(p, rows); }
template <typename Function>
[[gnu::target("avx2,fma")]] void each_lane_wide(float* values, std::size_t count) {
  each_lane<Function>(values, count);
}
bool is_wide() {
  static const bool wide = __builtin_cpu_supports("avx2") != 0 && __builtin_cpu_supports("fma") != 0;
  return wide;
}
#else
void multiply_wide(const Product& p, std::size_t rows) { multiply(p, rows); }
template <typename Function>
void each_lane_wide(float* values, std::size_t count) {
  each_lane<Function>(values, count);
}
constexpr bool is_wide() { return false; }
#endif

template <typename Function>
void apply_to_each(std::span<float> values) {
  if (is_wide()) return each_lane_wide<Function>(values.data(), values.size());
  each_lane<Function>(values.data(), values.size());
}

}  // namespace

Dense::Dense(std::span<const float> weight, std::span<const float> bias, std::size_t inputs)
    : inputs_(inputs), outputs_(weight.size() / inputs), bias_((outputs_ + lane - 1) / lane * lane) {
  std::ranges::copy(bias, bias_.begin());
  weight_.resize(inputs_ * bias_.size());
  for (std::size_t o = 0; o < outputs_; ++o) {
    for (std::size_t i = 0; i < inputs_; ++i) weight_[i * bias_.size() + o] = weight[o * inputs_ + i];
  }
}

void Dense::apply(std::span<const float> in, std::span<const float> bias, std::span<float> out) const {
  const Product product{in.data(), inputs_, weight_.data(), bias_.size(), bias.data(), out.data(), outputs_};
  const std::size_t rows = in.size() / inputs_;
  is_wide() ? multiply_wide(product, rows) : multiply(product, rows);
}

void relu(std::span<float> values) {
  for (float& value : values) value = std::max(value, 0.0F);
}

void sigmoid(std::span<float> values) { apply_to_each<Sigmoid>(values); }
void hyperbolic_tangent(std::span<float> values) { apply_to_each<HyperbolicTangent>(values); }

void softmax(std::span<float> values) {
  const float highest = *std::ranges::max_element(values);
  for (float& value : values) value -= highest;
  apply_to_each<Exponential>(values);
  float sum = 0;
  for (const float value : values) sum += value;
  for (float& value : values) value /= sum;
}

void normalize(std::span<const float> in, std::span<const float> scale, std::span<const float> shift,
               std::span<float> out) {
  const std::size_t width = scale.size();
  for (std::size_t row = 0; row + width <= in.size(); row += width) {
    float mean = 0, variance = 0;
    for (std::size_t i = 0; i < width; ++i) mean += in[row + i];
    mean /= static_cast<float>(width);
    for (std::size_t i = 0; i < width; ++i) variance += (in[row + i] - mean) * (in[row + i] - mean);
    const float factor = 1 / std::sqrt(variance / static_cast<float>(width) + layer_epsilon);
    for (std::size_t i = 0; i < width; ++i)
      out[row + i] = (in[row + i] - mean) * factor * scale[i] + shift[i];
  }
}

}  // namespace deskloom::predict
