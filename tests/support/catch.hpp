#pragma once

// Catch2 v2 and v3 under the same names.

#ifdef DESKLOOM_CATCH2_V2
#include <catch2/catch.hpp>

namespace deskloom::test {
using Catch::Contains;
using Catch::StartsWith;
}  // namespace deskloom::test
#else
#include <catch2/catch_all.hpp>

namespace deskloom::test {
inline auto Contains(const std::string& part) { return Catch::Matchers::ContainsSubstring(part); }
using Catch::Matchers::StartsWith;
}  // namespace deskloom::test
using Catch::Approx;
#endif
