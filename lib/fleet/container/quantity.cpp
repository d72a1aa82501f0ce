#include "fleet/container/quantity.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <utility>

namespace deskloom::fleet {
namespace {

constexpr std::array<std::pair<std::string_view, double>, 14> suffixes{{{"", 1},
                                                                        {"n", 1e-9},
                                                                        {"u", 1e-6},
                                                                        {"m", 1e-3},
                                                                        {"k", 1e3},
                                                                        {"M", 1e6},
                                                                        {"G", 1e9},
                                                                        {"T", 1e12},
                                                                        {"P", 1e15},
                                                                        {"Ki", 0x1p10},
                                                                        {"Mi", 0x1p20},
                                                                        {"Gi", 0x1p30},
                                                                        {"Ti", 0x1p40},
                                                                        {"Pi", 0x1p50}}};

}  // namespace

std::optional<double> parse_quantity(std::string_view text) {
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || !std::isfinite(number) || number < 0) return std::nullopt;
  const std::string_view suffix = text.substr(static_cast<std::size_t>(end - text.data()));
  for (const auto& [name, factor] : suffixes) {
    if (name == suffix) return number * factor;
  }
  return std::nullopt;
}

}  // namespace deskloom::fleet
