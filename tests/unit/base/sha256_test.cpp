// SHA-256 against the examples of FIPS 180-4.
#include "base/sha256.hpp"

#include <string_view>

#include "support/catch.hpp"

using namespace deskloom::base;

namespace {

std::span<const std::byte> bytes_of(std::string_view text) {
  return std::as_bytes(std::span(text.data(), text.size()));
}

}  // namespace

TEST_CASE("SHA-256 of the standard's examples, whole and in two parts") {
  CHECK(hex_of(sha256({})) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  CHECK(hex_of(sha256(bytes_of("abc"))) ==
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK(sha256(bytes_of("a"), bytes_of("bc")) == sha256(bytes_of("abc")));
}
