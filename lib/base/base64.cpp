#include "base/base64.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

namespace deskloom::base {
namespace {

constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::uint8_t invalid = 0xff;

constexpr std::array<std::uint8_t, 256> make_values() {
  std::array<std::uint8_t, 256> values{};
  values.fill(invalid);
  for (std::size_t i = 0; i < alphabet.size(); ++i) {
    values[static_cast<unsigned char>(alphabet[i])] = static_cast<std::uint8_t>(i);
  }
  return values;
}
constexpr auto values = make_values();

std::uint32_t octet(std::string_view bytes, std::size_t i) {
  return i < bytes.size() ? static_cast<unsigned char>(bytes[i]) : 0U;
}

// Appends the bytes of one group of four digits, of which the last `padding` are '='. False when a digit is
// none, or when bits that carry no data are set.
bool decode_group(std::string_view group, std::size_t padding, std::string& out) {
  std::uint32_t bits = 0;
  for (std::size_t i = 0; i < 4; ++i) {
    const std::uint8_t value = i < 4 - padding ? values[static_cast<unsigned char>(group[i])] : 0;
    if (value == invalid) return false;
    bits = bits << 6 | value;
  }
  const std::uint32_t unused_bits = padding == 0 ? 0 : (1U << (8 * padding)) - 1;
  if ((bits & unused_bits) != 0) return false;
  for (std::size_t i = 0; i < 3 - padding; ++i) out.push_back(static_cast<char>(bits >> (16 - 8 * i)));
  return true;
}

}  // namespace

std::string base64_encode(std::string_view bytes) {
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const std::uint32_t bits = octet(bytes, i) << 16 | octet(bytes, i + 1) << 8 | octet(bytes, i + 2);
    const std::size_t digits = std::min<std::size_t>(bytes.size() - i, 3) + 1;
    for (std::size_t d = 0; d < 4; ++d)
      text.push_back(d < digits ? alphabet[bits >> (18 - 6 * d) & 63] : '=');
  }
  return text;
}

std::optional<std::string> base64_decode(std::string_view text) {
  if (text.size() % 4 != 0) return std::nullopt;
  std::string bytes;
  bytes.reserve(text.size() / 4 * 3);
  for (std::size_t i = 0; i < text.size(); i += 4) {
    const auto group = text.substr(i, 4);
    const bool last = i + 4 == text.size();
    const std::size_t padding = !last || group[3] != '=' ? 0 : group[2] == '=' ? 2 : 1;
    if (!decode_group(group, padding, bytes)) return std::nullopt;
  }
  return bytes;
}

}  // namespace deskloom::base
