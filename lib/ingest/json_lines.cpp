#include <simdjson.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>

#include "base/error.hpp"
#include "ingest/lines.hpp"

namespace deskloom::ingest {
namespace {

using simdjson::dom::element_type;

constexpr std::size_t block_bytes = 256 << 10;

class JsonLine {
 public:
  explicit JsonLine(const std::vector<WantedColumn>& columns)
      : columns_(columns), cells_(columns.size()), numbers_(columns.size()) {}

  // line: followed by SIMDJSON_PADDING readable bytes. What is wrong with it, or empty.
  std::string read(std::string_view line) {
    std::ranges::fill(cells_, std::string_view());
    simdjson::dom::element document;
    simdjson::dom::object object;
    if (parser_.parse(line.data(), line.size(), false).get(document) != simdjson::SUCCESS)
      return "is no JSON";
    if (document.get(object) != simdjson::SUCCESS) return "is no JSON object";
    for (const auto& [key, value] : object) {
      const auto column = std::ranges::find(columns_, key, &WantedColumn::name);
      if (column == columns_.end()) continue;
      if (!read_value(value, static_cast<std::size_t>(column - columns_.begin())))
        return "has no text or number as '" + column->name + "'";
    }
    return "";
  }
  const Cells& cells() const { return cells_; }

 private:
  // False for what is no text or number; null is absent.
  bool read_value(const simdjson::dom::element& value, std::size_t column) {
    switch (value.type()) {
      case element_type::STRING:
        cells_[column] = std::string_view(value);
        return true;
      case element_type::INT64:
        return write_number(std::int64_t(value), column);
      case element_type::UINT64:
        return write_number(std::uint64_t(value), column);
      case element_type::DOUBLE:
        return write_number(double(value), column);
      case element_type::BOOL:
        return write_number(bool(value) ? 1 : 0, column);
      case element_type::NULL_VALUE:
        return true;
      case element_type::ARRAY:
      case element_type::OBJECT:
        break;
    }
    return false;
  }

  // As text again: a row's cells are text wherever it comes from.
  template <typename Number>
  bool write_number(Number number, std::size_t column) {
    auto& text = numbers_[column];
    const auto [end, error] = std::to_chars(text.data(), text.data() + text.size(), number);
    cells_[column] = {text.data(), static_cast<std::size_t>(end - text.data())};
    return error == std::errc();
  }

  const std::vector<WantedColumn>& columns_;
  simdjson::dom::parser parser_;
  Cells cells_;
  std::vector<std::array<char, 32>> numbers_;
};

}  // namespace

void read_json_lines(base::ByteSource& source, const std::vector<WantedColumn>& columns,
                     const LineVisitor& visitor) {
  JsonLine reader(columns);
  std::uint64_t number = 0;
  const auto take = [&](std::string_view line) {
    ++number;
    if (line.find_first_not_of(" \t\r") == std::string_view::npos) return;
    const std::string problem = reader.read(line);
    problem.empty() ? visitor.take(number, reader.cells()) : visitor.reject(number, problem);
  };
  std::string buffer(block_bytes + simdjson::SIMDJSON_PADDING, '\0');
  std::size_t filled = 0;
  for (;;) {
    const auto room = std::as_writable_bytes(std::span(buffer)).subspan(filled);
    const std::size_t got = source.read(room.first(room.size() - simdjson::SIMDJSON_PADDING));
    filled += got;
    std::string_view rest = std::string_view(buffer).substr(0, filled);
    for (std::size_t end = rest.find('\n'); end != std::string_view::npos; end = rest.find('\n')) {
      take(rest.substr(0, end));
      rest.remove_prefix(end + 1);
    }
    if (got == 0) {
      if (!rest.empty()) take(rest);
      return;
    }
    filled = rest.size();
    std::memmove(buffer.data(), rest.data(), filled);
    if (filled > line_limit_bytes) {
      throw base::Error(base::ErrorKind::usage,
                        "line " + std::to_string(number + 1) + " is longer than 1 MiB");
    }
    if (buffer.size() < filled + block_bytes + simdjson::SIMDJSON_PADDING)
      buffer.resize(filled + block_bytes + simdjson::SIMDJSON_PADDING);
  }
}

}  // namespace deskloom::ingest
