#include "frame/document.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/text.hpp"

namespace deskloom::frame {
namespace {

// Code points, as good as columns for the names that occur.
std::size_t width(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(
      text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

std::string pad(const std::string& text, std::size_t to, bool right_aligned) {
  const std::string space(to - std::min(to, width(text)), ' ');
  return right_aligned ? space + text : text + space;
}

std::string bold(const std::string& text, bool really) {
  return really ? "\033[1m" + text + "\033[0m" : text;
}

void flatten(const base::Json& json, const std::string& path, std::string& text) {
  if (!json.is_object()) {
    text += fmt::format("{} = {}\n", base::printable(path),
                        base::printable(json.dump(-1, ' ', false, base::Json::error_handler_t::replace)));
    return;
  }
  for (const auto& [key, value] : json.items()) flatten(value, path.empty() ? key : path + "." + key, text);
}

}  // namespace

Value::Value(std::string value) : json(value), text(base::printable(value)) {}
Value::Value(bool value) : json(value), text(value ? "yes" : "no") {}
Value::Value(double value) : json(value), text(fmt::format("{:.1f}", value)), number(true) {}
Value::Value(base::Timestamp value) : json(base::to_rfc3339(value)), text(base::to_rfc3339(value)) {
  text.replace(text.find('.'), 4, "");
}
Value::Value(const std::vector<std::string>& value)
    : json(value), text(value.empty() ? "-" : base::printable(base::join(value, ", "))) {}

Value Value::absent() {
  Value value;
  value.text = "-";
  return value;
}

Value Value::size(std::uint64_t bytes) {
  Value value(bytes);
  value.text = base::human_size(bytes);
  return value;
}

Value Value::duration_ms(std::int64_t ms) {
  Value value(ms);
  value.text = base::human_duration_ms(ms);
  return value;
}

Value Value::number_of(double value, int decimals) {
  if (std::isnan(value)) return absent();
  Value number(value);
  number.text = fmt::format("{:.{}f}", value, decimals);
  return number;
}

void Table::add(std::vector<Value> row) {
  if (row.size() != columns_.size()) throw std::logic_error("a table row has the wrong number of values");
  rows_.push_back(std::move(row));
}

base::Json Table::json() const {
  base::Json result = base::Json::array();
  for (const auto& row : rows_) {
    base::Json object = base::Json::object();
    for (std::size_t i = 0; i < columns_.size(); ++i) object[columns_[i].key] = row[i].json;
    result.push_back(std::move(object));
  }
  return result;
}

std::string Table::text(bool bold_titles) const {
  std::vector<std::string> lines(rows_.size() + 1);
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    if (columns_[i].title.empty()) continue;
    std::size_t widest = width(columns_[i].title);
    for (const auto& row : rows_) widest = std::max(widest, width(row[i].text));
    const bool right =
        !rows_.empty() && std::any_of(rows_.begin(), rows_.end(), [&](const auto& r) { return r[i].number; });
    const std::string gap = lines[0].empty() ? "" : "  ";
    lines[0] += gap + pad(columns_[i].title, widest, right);
    for (std::size_t r = 0; r < rows_.size(); ++r) lines[r + 1] += gap + pad(rows_[r][i].text, widest, right);
  }
  std::string result;
  for (auto& line : lines) {
    line.erase(line.find_last_not_of(' ') + 1);
    result += bold(line, bold_titles && &line == &lines[0]) + "\n";
  }
  return result;
}

Document& Document::field(std::string key, std::string title, Value value) {
  fields_.push_back({{std::move(key), std::move(title)}, std::move(value)});
  return *this;
}

Document& Document::table(std::string key, std::string title, Table table, std::string when_empty) {
  sections_.push_back({{std::move(key), std::move(title)}, std::move(table), std::move(when_empty)});
  return *this;
}

Document& Document::object(base::Json object) {
  object_.update(object);
  return *this;
}

base::Json Document::json() const {
  base::Json root{{"version", 1}};
  for (const auto& field : fields_) root[field.column.key] = field.value.json;
  for (const auto& section : sections_) root[section.name.key] = section.table.json();
  root.update(object_);
  return root;
}

std::string Document::fields_text() const {
  std::size_t widest = 0;
  for (const auto& field : fields_) widest = std::max(widest, width(field.column.title));
  std::string result;
  for (const auto& field : fields_) {
    if (field.column.title.empty()) continue;
    result += fmt::format("{}  {}\n", pad(field.column.title + ":", widest + 1, false), field.value.text);
  }
  return result;
}

std::string Document::text(bool bold_titles) const {
  std::string result = fields_text();
  for (const auto& section : sections_) {
    if (!result.empty()) result += "\n";
    if (!section.name.title.empty()) result += bold(section.name.title, bold_titles) + "\n";
    result += section.table.empty() ? section.when_empty + "\n" : section.table.text(bold_titles);
  }
  flatten(object_, "", result);
  return result;
}

}  // namespace deskloom::frame
