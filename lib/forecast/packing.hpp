#pragma once

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <type_traits>

#include "base/error.hpp"

// Numbers in BLOBs, little-endian, one after the other.
namespace deskloom::forecast {

static_assert(std::endian::native == std::endian::little, "BLOBs would have to be turned around");

// Probabilities of which many are 0 or 1, as shares of this.
inline constexpr float share_scale = 65535;

class Packer {
 public:
  void put_share(float share) {
    put(static_cast<std::uint16_t>(std::lround(std::clamp(share, 0.0F, 1.0F) * share_scale)));
  }
  template <typename Number>
  void put(Number number) {
    static_assert(std::is_arithmetic_v<Number>);
    char bytes[sizeof number];
    std::memcpy(bytes, &number, sizeof number);
    packed_.append(bytes, sizeof number);
  }
  std::string take() { return std::move(packed_); }

 private:
  std::string packed_;
};

class Unpacker {
 public:
  explicit Unpacker(std::span<const std::byte> packed) : packed_(packed) {}

  template <typename Number>
  Number get() {
    static_assert(std::is_arithmetic_v<Number>);
    if (packed_.size() < sizeof(Number)) throw broken();
    Number number;
    std::memcpy(&number, packed_.data(), sizeof number);
    packed_ = packed_.subspan(sizeof number);
    return number;
  }
  // A number from 0 to most.
  float amount(float most) {
    const auto number = get<float>();
    if (!(number >= 0 && number <= most)) throw broken();
    return number;
  }
  float share() { return static_cast<float>(get<std::uint16_t>()) / share_scale; }
  bool is_empty() const { return packed_.empty(); }
  void expect_end() const {
    if (!is_empty()) throw broken();
  }

  static base::Error broken() {
    return {base::ErrorKind::corrupt, "forecast.sqlite is damaged",
            "remove it: 'deskloom predict forecast' makes it anew; models are trained anew"};
  }

 private:
  std::span<const std::byte> packed_;
};

// Probabilities as log odds, to a thousandth.
inline constexpr float odds_scale = 2000;
inline constexpr float most_odds = 16;

inline std::int16_t odds_of(float probability) {
  const float odds = std::log(probability / (1 - probability));
  return static_cast<std::int16_t>(std::lround(std::clamp(odds, -most_odds, most_odds) * odds_scale));
}
inline float probability_of(std::int16_t odds) {
  return 1 / (1 + std::exp(-static_cast<float>(odds) / odds_scale));
}

inline std::span<const std::byte> bytes_of(const std::string& text) { return std::as_bytes(std::span(text)); }

}  // namespace deskloom::forecast
