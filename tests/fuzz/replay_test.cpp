// What the fuzzers start from and what they once found, through the same entry points, with every compiler.
#include <algorithm>
#include <filesystem>

#include "base/fd.hpp"
#include "fuzz/targets.hpp"
#include "support/catch.hpp"

using namespace deskloom;
using namespace deskloom::test;

namespace {

Input input_of(const std::string& text) { return std::as_bytes(std::span(text.data(), text.size())); }

// Every octet of what is short; a page of memory has thousands of the same.
std::size_t step_at(std::size_t at) { return at < 400 ? 1 : 61; }

// Hexadecimal digits, white space between them.
std::string from_hex(const std::string& text) {
  std::string bytes, digits;
  std::copy_if(text.begin(), text.end(), std::back_inserter(digits),
               [](unsigned char c) { return std::isxdigit(c) != 0; });
  for (std::size_t i = 0; i + 1 < digits.size(); i += 2)
    bytes += static_cast<char>(std::stoi(digits.substr(i, 2), nullptr, 16));
  return bytes;
}

}  // namespace

TEST_CASE("every parser is fuzzed") {
  std::string names;
  for (const FuzzTarget& target : fuzz_targets())
    names += (names.empty() ? "" : " ") + std::string(target.name);
  CHECK(names == DESKLOOM_FUZZ_NAMES);
}

TEST_CASE("every parser takes its own sound inputs") {
  for (const FuzzTarget& target : fuzz_targets()) {
    for (const std::string& seed : target.seeds()) {
      INFO(target.name);
      CHECK(target.run(input_of(seed)));
    }
  }
}

TEST_CASE("sound inputs that are cut anywhere are refused or taken, nothing else") {
  for (const FuzzTarget& target : fuzz_targets()) {
    for (const std::string& seed : target.seeds()) {
      for (std::size_t size = 0; size < seed.size(); size += step_at(size)) {
        INFO(target.name << " cut to " << size);
        CHECK_NOTHROW(target.run(input_of(seed.substr(0, size))));
      }
    }
  }
}

TEST_CASE("sound inputs with any octet changed are refused or taken, nothing else") {
  for (const FuzzTarget& target : fuzz_targets()) {
    for (std::string seed : target.seeds()) {
      for (std::size_t at = 0; at < seed.size(); at += step_at(at)) {
        for (const int change : {0x01, 0x80, 0xff}) {
          const char old = seed[at];
          seed[at] = static_cast<char>(seed[at] ^ change);
          INFO(target.name << " changed at " << at);
          CHECK_NOTHROW(target.run(input_of(seed)));
          seed[at] = old;
        }
      }
    }
  }
}

TEST_CASE("what the fuzzers found stays mended") {
  for (const FuzzTarget& target : fuzz_targets()) {
    const auto directory = std::filesystem::path(DESKLOOM_FUZZ_CORPUS) / target.name;
    if (!std::filesystem::exists(directory)) continue;
    for (const auto& entry : std::filesystem::directory_iterator(directory)) {
      INFO(entry.path());
      CHECK_NOTHROW(target.run(input_of(from_hex(base::read_file(entry.path(), 1 << 20)))));
    }
  }
}
