#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <string>

namespace deskloom::base {

using Sha256 = std::array<std::byte, 32>;

// Of both, one after the other (FIPS 180-4).
Sha256 sha256(std::span<const std::byte> data, std::span<const std::byte> more = {});
// Lower-case hexadecimal digits.
std::string hex_of(std::span<const std::byte> bytes);

}  // namespace deskloom::base
