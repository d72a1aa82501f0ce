#pragma once

#include <fmt/format.h>

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/json.hpp"
#include "base/text.hpp"
#include "policy/formats.hpp"
#include "policy/keys.hpp"

// The types that keys can have. Each function makes the Key of one member.
namespace deskloom::policy {

// Throws "'floor' must be an integer from 0 to 10000, not a string".
[[noreturn]] void refuse(const std::string& name, const std::string& type, const Value& value,
                         Value::Kind wanted);
// "256MiB": the largest unit that holds it without a rest.
std::string exact_size(std::uint64_t bytes);

inline base::Json to_value(const std::string& text) { return text; }
inline base::Json to_value(const std::optional<std::string>& text) {
  return text ? base::Json(*text) : base::Json(nullptr);
}
inline base::Json to_value(double number) { return number; }
inline base::Json to_value(const std::optional<double>& number) {
  return number ? base::Json(*number) : base::Json(nullptr);
}
inline base::Json to_value(const std::filesystem::path& path) {
  return path.empty() ? base::Json(nullptr) : base::Json(path.string());
}
inline base::Json to_value(const std::optional<std::filesystem::path>& path) {
  return path ? base::Json(path->string()) : base::Json(nullptr);
}

// The value, when it is an integer from min to max; else throws as refuse.
inline std::int64_t integer_in(const Value& value, std::int64_t min, std::int64_t max,
                               const std::string& name, const std::string& type) {
  const bool fits = value.kind == Value::Kind::integer && value.integer >= min && value.integer <= max;
  if (!fits) refuse(name, type, value, Value::Kind::integer);
  return value.integer;
}

template <typename Section, typename Number>
Key<Section> integer(const std::string& name, Number Section::*member, std::int64_t min, std::int64_t max,
                     const std::string& meaning) {
  const std::string type = fmt::format("an integer from {} to {}", min, max);
  return {name, type, meaning,
          [=](Section& section, const Value& value) {
            section.*member = static_cast<Number>(integer_in(value, min, max, name, type));
          },
          [=](const Section& section) { return base::Json(section.*member); }};
}

// Unset where no file names it.
template <typename Section>
Key<Section> optional_integer(const std::string& name, std::optional<int> Section::*member, std::int64_t min,
                              std::int64_t max, const std::string& meaning) {
  const std::string type = fmt::format("an integer from {} to {}", min, max);
  return {name, type, meaning,
          [=](Section& section, const Value& value) {
            section.*member = static_cast<int>(integer_in(value, min, max, name, type));
          },
          [=](const Section& section) {
            return section.*member ? base::Json(*(section.*member)) : base::Json(nullptr);
          }};
}

// The value as a number of at least 0 and at most max, else nullopt.
std::optional<double> number_in(const Value& value, double max);

// Money and the like: 0 to max, with or without a fraction.
template <typename Section, typename Number>
Key<Section> number(const std::string& name, Number Section::*member, double max,
                    const std::string& meaning) {
  const std::string type = fmt::format("a number from 0 to {:.0f}", max);
  return {name, type, meaning,
          [=](Section& section, const Value& value) {
            const auto number = number_in(value, max);
            if (!number) refuse(name, type, value, Value::Kind::real);
            section.*member = *number;
          },
          [=](const Section& section) { return to_value(section.*member); }};
}

template <typename Section>
Key<Section> boolean(const std::string& name, bool Section::*member, const std::string& meaning) {
  const std::string type = "true or false";
  return {name, type, meaning,
          [=](Section& section, const Value& value) {
            if (value.kind != Value::Kind::boolean) refuse(name, type, value, Value::Kind::boolean);
            section.*member = value.boolean;
          },
          [=](const Section& section) { return base::Json(section.*member); }};
}

template <typename Section, typename Text>
Key<Section> text(const std::string& name, Text Section::*member, const Format& format,
                  const std::string& meaning) {
  const std::string type(format.description);
  return {name, type, meaning,
          [=](Section& section, const Value& value) {
            if (value.kind != Value::Kind::text || !format.accepts(value.text))
              refuse(name, type, value, Value::Kind::text);
            section.*member = value.text;
          },
          [=](const Section& section) { return to_value(section.*member); }};
}

template <typename Section>
Key<Section> texts(const std::string& name, std::vector<std::string> Section::*member, const Format& format,
                   const std::string& meaning) {
  const std::string type = fmt::format("an array, each item {}", format.description);
  return {name, type, meaning,
          [=](Section& section, const Value& value) {
            if (value.kind != Value::Kind::array) refuse(name, type, value, Value::Kind::array);
            std::vector<std::string> result;
            for (const auto& item : value.items) {
              if (item.kind != Value::Kind::text || !format.accepts(item.text))
                refuse(name, type, item, Value::Kind::text);
              result.push_back(item.text);
            }
            section.*member = std::move(result);
          },
          [=](const Section& section) { return base::Json(section.*member); }};
}

// A size as a string with a unit, min to max bytes.
template <typename Section>
Key<Section> size(const std::string& name, std::uint64_t Section::*member, std::uint64_t min,
                  std::uint64_t max, const std::string& meaning) {
  const std::string type = fmt::format("a size from \"{}\" to \"{}\"", exact_size(min), exact_size(max));
  return {name, type, meaning,
          [=](Section& section, const Value& value) {
            const auto bytes = base::parse_size(value.text);
            if (value.kind != Value::Kind::text || !bytes || *bytes < min || *bytes > max)
              refuse(name, type, value, Value::Kind::text);
            section.*member = *bytes;
          },
          [=](const Section& section) { return base::Json(exact_size(section.*member)); }};
}

}  // namespace deskloom::policy
