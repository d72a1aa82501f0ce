#include "base/path.hpp"

#include <string>

#include "support/catch.hpp"

using deskloom::base::is_safe_relative_path;
using namespace std::string_view_literals;

TEST_CASE("a relative path of plain components is safe") {
  CHECK(is_safe_relative_path("a"));
  CHECK(is_safe_relative_path(".config/app/..data"));
  CHECK(is_safe_relative_path("\xff\n/b"));
  CHECK(is_safe_relative_path(std::string(255, 'x')));
}

TEST_CASE("a path that could leave its directory or cannot exist is not safe") {
  for (const auto path : {""sv, "/etc"sv, "a//b"sv, "a/"sv, "."sv, "a/./b"sv, ".."sv, "a/../b"sv, "a\0b"sv}) {
    INFO(path);
    CHECK_FALSE(is_safe_relative_path(path));
  }
  CHECK_FALSE(is_safe_relative_path(std::string(256, 'x')));
  std::string deep;
  while (deep.size() < 4096) deep += "d/";
  CHECK_FALSE(is_safe_relative_path(deep + "d"));
}
