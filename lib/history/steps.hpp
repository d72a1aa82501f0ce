#pragma once

#include <cstdint>

#include "base/clock.hpp"

// The record counts in whole seconds since 1970.
namespace deskloom::history {

// Of the steps that samples are rolled up to.
inline constexpr std::int64_t five_minutes_s = 300;
inline constexpr std::int64_t hour_s = 3600;

}  // namespace deskloom::history
