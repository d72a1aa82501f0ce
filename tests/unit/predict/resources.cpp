#include "resources.hpp"

#include <algorithm>
#include <cmath>
#include <random>

namespace deskloom::test {

using namespace deskloom::predict;

HourlyAmounts amounts_from_january(std::vector<float> amounts) { return {january_hour, std::move(amounts)}; }

std::vector<HourlyAmounts> busy_desktops(int desktops, int days) {
  std::mt19937 random(5);  // NOLINT: the same each time
  std::vector<HourlyAmounts> all;
  for (int desktop = 0; desktop < desktops; ++desktop) {
    const float level = std::ldexp(1.0F, desktop % 10);
    std::vector<float> amounts;
    for (int hour = 0; hour < days * 24; ++hour) {
      const bool busy = hour / 24 % 7 < 5 && hour % 24 >= 8 && hour % 24 < 17;
      const auto noise = static_cast<float>(random() % 1000) / 1000;
      amounts.push_back(level * ((busy ? 10.0F : 1.0F) + noise));
    }
    all.push_back(amounts_from_january(std::move(amounts)));
  }
  return all;
}

HourlyAmounts until(HourlyAmounts series, std::int64_t hour) {
  const auto known =
      std::clamp<std::int64_t>(hour - series.first_hour, 0, static_cast<std::int64_t>(series.amounts.size()));
  series.amounts.resize(static_cast<std::size_t>(known));
  return series;
}

bool are_sound(std::span<const Quantiles> quantiles) {
  return std::ranges::all_of(quantiles, [](const Quantiles& hour) {
    return std::ranges::is_sorted(hour) && hour.front() >= 0 &&
           std::ranges::all_of(hour, [](float value) { return std::isfinite(value); });
  });
}

}  // namespace deskloom::test
