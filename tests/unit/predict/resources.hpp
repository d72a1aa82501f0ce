#pragma once

#include <span>
#include <vector>

#include "predict/resource/window.hpp"

namespace deskloom::test {

// Monday, 5 January 2026, midnight in UTC: in hours since 1970.
inline constexpr std::int64_t january_hour = 490'992;

predict::HourlyAmounts amounts_from_january(std::vector<float> amounts);
// Desktops that are busy from 8 to 17 on weekdays, each at its own level, with some noise; the same each
// time.
std::vector<predict::HourlyAmounts> busy_desktops(int desktops, int days);
// As if it had been asked for before that hour.
predict::HourlyAmounts until(predict::HourlyAmounts series, std::int64_t hour);

// Quantiles in order, 0 or more, and finite.
bool are_sound(std::span<const predict::Quantiles> quantiles);

}  // namespace deskloom::test
