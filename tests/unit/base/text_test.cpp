#include "base/text.hpp"

#include "base/clock.hpp"
#include "base/error.hpp"
#include "support/catch.hpp"

using namespace deskloom::base;

TEST_CASE("printable() lets no byte move a terminal's cursor") {
  CHECK(printable("plan \xc3\xa9.txt") == "plan \xc3\xa9.txt");
  CHECK(printable("a\x1b[2Jb\r") == "a\\x1b[2Jb\\x0d");
  CHECK(printable("\xff\xfe") == "\\xff\\xfe");
  CHECK(printable("\xc2\x9b") == "\\xc2\\x9b");  // C1 CSI
}

TEST_CASE("UTF-8 is checked as RFC 3629 says") {
  CHECK(is_valid_utf8("gr\xc3\xbc\xc3\x9f"));
  CHECK_FALSE(is_valid_utf8("\xc0\xaf"));          // overlong '/'
  CHECK_FALSE(is_valid_utf8("\xed\xa0\x80"));      // surrogate
  CHECK_FALSE(is_valid_utf8("\xf4\x90\x80\x80"));  // past U+10FFFF
  CHECK_FALSE(is_valid_utf8("\xe2\x82"));          // cut
}

TEST_CASE("sizes are read with the usual suffixes and refused when they overflow") {
  CHECK(parse_size("512MiB") == 512ULL << 20);
  CHECK(parse_size("4 G") == 4ULL << 30);
  CHECK(parse_size("4096") == 4096);
  CHECK_FALSE(parse_size("12 parsecs"));
  CHECK_FALSE(parse_size("99999999P"));
  CHECK_FALSE(parse_size(""));
}

TEST_CASE("the nearest known word is offered only when it is near") {
  CHECK(nearest("flor", {"floor", "size"}) == "floor");
  CHECK_FALSE(nearest("zebra", {"floor", "size"}));
}

TEST_CASE("names are safe as file, XML and domain names") {
  CHECK(is_valid_name("tiny-3f.a"));
  CHECK_FALSE(is_valid_name("../x"));
  CHECK_FALSE(is_valid_name(""));
  CHECK_FALSE(is_valid_name(".hidden"));
  CHECK_FALSE(is_valid_name(std::string(64, 'a')));
}

TEST_CASE("times survive RFC 3339 to the millisecond") {
  const auto t = from_ns(1'767'225'599'125'000'000);
  CHECK(to_rfc3339(t) == "2025-12-31T23:59:59.125Z");
  CHECK(parse_rfc3339(to_rfc3339(t)) == t);
  CHECK_THROWS_AS(parse_rfc3339("yesterday"), Error);
  CHECK_THROWS_AS(parse_rfc3339("5678-12-01T00:00:00.000Z"), Error);  // more nanoseconds than 64 bits hold
  CHECK_THROWS_AS(parse_rfc3339("2025-12-31T23:59:59.125Zx"), Error);
}
