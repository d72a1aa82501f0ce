#include "base/base64.hpp"

#include "support/catch.hpp"

using namespace deskloom::base;

TEST_CASE("base64 speaks RFC 4648's test vectors both ways") {
  const std::pair<std::string, std::string> vectors[] = {{"", ""},
                                                         {"f", "Zg=="},
                                                         {"fo", "Zm8="},
                                                         {"foo", "Zm9v"},
                                                         {"foob", "Zm9vYg=="},
                                                         {"fooba", "Zm9vYmE="},
                                                         {"foobar", "Zm9vYmFy"}};
  for (const auto& [bytes, text] : vectors) {
    CHECK(base64_encode(bytes) == text);
    CHECK(base64_decode(text) == bytes);
  }
}

TEST_CASE("every byte value survives base64") {
  std::string bytes;
  for (int i = 0; i < 256; ++i) bytes.push_back(static_cast<char>(i));
  CHECK(base64_decode(base64_encode(bytes)) == bytes);
}

TEST_CASE("base64 that no encoder wrote is refused") {
  for (const char* text :
       {"Z", "Zg", "Zg=", "Zh==", "Zm9=", "Zg==Zg==", "Z===", "====", "Zm 9v", "Zm9v\n", "Zm-_"}) {
    CAPTURE(text);
    CHECK_FALSE(base64_decode(text));
  }
}
