#include "policy/document.hpp"

#include <toml++/toml.h>

#include <algorithm>

#include "base/fd.hpp"

namespace deskloom::policy {
namespace {

constexpr std::uint64_t limit_bytes = 1 << 20;

Value convert(const toml::node& node, const std::string& file);

void convert_table(const toml::table& table, Value& value) {
  for (const auto& [key, node] : table)
    value.members.push_back({std::string(key.str()), convert(node, value.at.file)});
  std::sort(value.members.begin(), value.members.end(),
            [](const Member& a, const Member& b) { return a.key < b.key; });
}

Value convert(const toml::node& node, const std::string& file) {
  Value value;
  value.at = {file, node.source().begin.line};
  if (const auto* boolean = node.as_boolean()) {
    value.kind = Value::Kind::boolean;
    value.boolean = boolean->get();
  } else if (const auto* integer = node.as_integer()) {
    value.kind = Value::Kind::integer;
    value.integer = integer->get();
  } else if (const auto* text = node.as_string()) {
    value.kind = Value::Kind::text;
    value.text = text->get();
  } else if (const auto* real = node.as_floating_point()) {
    value.kind = Value::Kind::real;
    value.real = real->get();
  } else if (const auto* array = node.as_array()) {
    value.kind = Value::Kind::array;
    for (const auto& item : *array) value.items.push_back(convert(item, file));
  } else if (const auto* table = node.as_table()) {
    convert_table(*table, value);
  } else {
    value.kind = Value::Kind::time;
  }
  return value;
}

}  // namespace

std::string_view describe(Value::Kind kind) {
  switch (kind) {
    case Value::Kind::boolean:
      return "a boolean";
    case Value::Kind::integer:
      return "an integer";
    case Value::Kind::real:
      return "a number with a fraction";
    case Value::Kind::text:
      return "a string";
    case Value::Kind::time:
      return "a date or time";
    case Value::Kind::array:
      return "an array";
    case Value::Kind::table:
      return "a table";
  }
  return "a value";
}

base::Error error_at(const Position& at, const std::string& what, const std::string& hint) {
  return {base::ErrorKind::usage, at.file + ":" + std::to_string(at.line) + ": " + what, hint};
}

Value read_document(const std::filesystem::path& file) {
  const std::string text = base::read_file(file, limit_bytes);
  try {
    return convert(toml::parse(text), file.string());
  } catch (const toml::parse_error& e) {
    throw error_at({file.string(), e.source().begin.line}, std::string(e.description()));
  }
}

}  // namespace deskloom::policy
