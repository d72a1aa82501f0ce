#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"

namespace deskloom::policy {

// Where a value stands, for messages that an editor can jump to.
struct Position {
  std::string file;
  std::uint32_t line = 0;
};

struct Member;

// One TOML value with its place. Keeps the rest of the module free of the TOML library's headers.
struct Value {
  enum class Kind { boolean, integer, real, text, time, array, table };
  Kind kind = Kind::table;
  Position at;
  bool boolean = false;
  std::int64_t integer = 0;
  double real = 0;
  std::string text;
  std::vector<Value> items;     // of an array
  std::vector<Member> members;  // of a table, sorted by key
};

struct Member {
  std::string key;
  Value value;
};

std::string_view describe(Value::Kind kind);  // "a string"

// "FILE:LINE: what", Error(usage).
base::Error error_at(const Position& at, const std::string& what, const std::string& hint = {});

// Reads one policy file, at most 1 MiB. Throws Error(usage) "FILE:LINE: …" when it is not TOML 1.0, and
// what base::read_file throws.
Value read_document(const std::filesystem::path& file);

}  // namespace deskloom::policy
