#include "policy/key_types.hpp"

#include <array>

namespace deskloom::policy {

void refuse(const std::string& name, const std::string& type, const Value& value, Value::Kind wanted) {
  std::string found(describe(value.kind));
  if (value.kind == wanted && wanted == Value::Kind::integer) found = std::to_string(value.integer);
  if (value.kind == wanted && wanted == Value::Kind::text) found = '"' + base::printable(value.text) + '"';
  if (wanted == Value::Kind::real && value.kind == Value::Kind::integer)
    found = std::to_string(value.integer);
  if (value.kind == wanted && wanted == Value::Kind::real) found = fmt::format("{}", value.real);
  throw error_at(value.at, "'" + name + "' must be " + type + ", not " + found);
}

std::optional<double> number_in(const Value& value, double max) {
  if (value.kind != Value::Kind::integer && value.kind != Value::Kind::real) return std::nullopt;
  const double number = value.kind == Value::Kind::integer ? static_cast<double>(value.integer) : value.real;
  return number >= 0 && number <= max ? std::optional(number) : std::nullopt;  // NaN is neither
}

std::string exact_size(std::uint64_t bytes) {
  static constexpr std::array units{"", "KiB", "MiB", "GiB", "TiB"};
  std::size_t unit = 0;
  while (bytes != 0 && bytes % 1024 == 0 && unit + 1 < units.size()) {
    bytes /= 1024;
    ++unit;
  }
  return std::to_string(bytes) + units[unit];
}

}  // namespace deskloom::policy
