#pragma once

#include <cstdint>

// Seconds of the steps that samples are rolled up to.
namespace deskloom::history {

inline constexpr std::int64_t five_minutes_s = 300;
inline constexpr std::int64_t hour_s = 3600;

}  // namespace deskloom::history
