#pragma once

#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/json.hpp"

// What a command has to say, built once and rendered as a table for people or as JSON for programs.
namespace deskloom::frame {

// One value: its JSON form (absent is null) and what a person reads ("-" when absent). Text is made safe for
// terminals when it is rendered.
struct Value {
  base::Json json;
  std::string text;
  bool number = false;  // right-aligned

  Value(std::string value);
  Value(std::string_view value) : Value(std::string(value)) {}
  Value(const char* value) : Value(std::string(value)) {}
  Value(bool value);
  template <std::integral T>
  Value(T value) : json(value), text(std::to_string(value)), number(true) {}
  Value(double value);  // people see one decimal
  template <typename T>
  Value(const std::optional<T>& value) : Value(value ? Value(*value) : absent()) {}
  Value(base::Timestamp value);                  // RFC 3339; people see whole seconds
  Value(const std::vector<std::string>& value);  // a JSON array; people see "a, b"

  static Value absent();
  static Value size(std::uint64_t bytes);              // key ends in _bytes
  static Value duration_ms(std::int64_t ms);           // key ends in _ms
  static Value number_of(double value, int decimals);  // NaN: absent

 private:
  Value() = default;
};

struct Column {
  std::string key;    // in JSON
  std::string title;  // in the table; "" leaves the column to JSON
};

class Table {
 public:
  explicit Table(std::vector<Column> columns) : columns_(std::move(columns)) {}
  void add(std::vector<Value> row);  // one value per column
  bool empty() const { return rows_.empty(); }
  const std::vector<Column>& columns() const { return columns_; }
  const std::vector<std::vector<Value>>& rows() const { return rows_; }
  base::Json json() const;
  // bold_titles: with the terminal's escape sequences.
  std::string text(bool bold_titles) const;

 private:
  std::vector<Column> columns_;
  std::vector<std::vector<Value>> rows_;
};

// A result: fields, then tables.
class Document {
 public:
  Document& field(std::string key, std::string title, Value value);
  // title "": no heading. when_empty: what people read instead of a table without rows.
  Document& table(std::string key, std::string title, Table table, std::string when_empty = "none");
  // The members of a JSON object; people read "path.to.key = value" lines.
  Document& object(base::Json object);

  base::Json json() const;  // {"version": 1, …}
  std::string text(bool bold_titles) const;

 private:
  struct Field {
    Column column;
    Value value;
  };
  struct Section {
    Column name;
    Table table;
    std::string when_empty;
  };
  std::string fields_text() const;

  std::vector<Field> fields_;
  std::vector<Section> sections_;
  base::Json object_ = base::Json::object();
};

}  // namespace deskloom::frame
