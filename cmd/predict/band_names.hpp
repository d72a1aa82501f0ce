#pragma once

#include <array>

#include "predict/ahead/features.hpp"

namespace deskloom::cmd {

// How far ahead the bands of the horizon are, for people.
inline constexpr std::array<const char*, predict::horizon_bands.size()> band_names{
    "the next quarter hour", "within the hour", "1 to 4 hours",
    "4 to 12 hours",         "12 to 24 hours",  "the day after"};

}  // namespace deskloom::cmd
