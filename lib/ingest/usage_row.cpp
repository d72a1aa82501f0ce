#include "ingest/usage_row.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "base/error.hpp"
#include "base/text.hpp"

namespace deskloom::ingest {
namespace {

constexpr std::size_t name_limit_bytes = 255;
constexpr std::int64_t dwell_limit_s = 366 * 86'400;
constexpr std::int64_t count_limit = 1'000'000'000;
constexpr double value_limit = 1e18;

constexpr std::array session_columns{UsageColumn{"user", true}, UsageColumn{"start", true},
                                     UsageColumn{"end"}};
constexpr std::array connection_columns{UsageColumn{"user", true}, UsageColumn{"at", true},
                                        UsageColumn{"event", true}};
constexpr std::array launch_columns{UsageColumn{"user", true}, UsageColumn{"at", true},
                                    UsageColumn{"application", true}, UsageColumn{"dwell"}};
constexpr std::array file_columns{UsageColumn{"user", true}, UsageColumn{"at", true},
                                  UsageColumn{"type", true}, UsageColumn{"count"}};
constexpr std::array location_columns{UsageColumn{"user", true}, UsageColumn{"at", true},
                                      UsageColumn{"place", true}};
constexpr std::size_t first_metric = 2;
constexpr auto sample_columns = [] {
  std::array<UsageColumn, first_metric + domain::metric_count> columns{UsageColumn{"user", true},
                                                                       UsageColumn{"at", true}};
  for (std::size_t i = 0; i < domain::metric_count; ++i)
    columns[first_metric + i].name = domain::metric_names[i].second;
  return columns;
}();

[[noreturn]] void refuse(std::string_view column, std::string_view text, const std::string& why) {
  throw base::Error(base::ErrorKind::usage,
                    std::string(column) + " '" + base::printable(text.substr(0, 40)) + "' " + why);
}

template <typename Number>
Number number_in(const Cells& cells, std::span<const UsageColumn> columns, std::size_t column, Number most) {
  const std::string_view text = cells[column];
  Number number{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool is_number = error == std::errc() && end == text.data() + text.size();
  if (!is_number || !(number >= 0 && number <= most))
    refuse(columns[column].name, text, "is no number that fits");
  return number;
}

// As a name in the store and on terminals.
std::string_view name_in(const Cells& cells, std::span<const UsageColumn> columns, std::size_t column) {
  const std::string_view text = cells[column];
  const bool is_ascii = std::ranges::all_of(text, [](char c) { return c >= ' ' && c < 0x7f; });
  if (!is_ascii && !base::is_valid_utf8(text)) refuse(columns[column].name, text, "is not UTF-8");
  if (!is_ascii && base::printable(text) != text)
    refuse(columns[column].name, text, "has control characters");
  if (text.size() > name_limit_bytes) refuse(columns[column].name, text, "is longer than 255 bytes");
  return text;
}

bool is_connect(std::string_view text) {
  if (text == "connect" || text == "login" || text == "1") return true;
  if (text == "disconnect" || text == "logout" || text == "0") return false;
  refuse("event", text, "is neither connect nor disconnect");
}

std::optional<base::TimeZone> zone_of(const TableOptions& options) {
  return options.time_zone ? std::optional(base::TimeZone(*options.time_zone)) : std::nullopt;
}

}  // namespace

std::span<const UsageColumn> columns_of(UsageType type) {
  switch (type) {
    case UsageType::sessions:
      return session_columns;
    case UsageType::connections:
      return connection_columns;
    case UsageType::launches:
      return launch_columns;
    case UsageType::files:
      return file_columns;
    case UsageType::locations:
      return location_columns;
    case UsageType::samples:
      return sample_columns;
  }
  return {};
}

RowReader::RowReader(const TableOptions& options, domain::UsageSink& sink)
    : type_(options.type), columns_(columns_of(options.type)), times_(zone_of(options)), sink_(sink) {}

base::Timestamp RowReader::time_in(const Cells& cells, std::size_t column) try {
  return times_.read(cells[column]);
} catch (const base::Error& error) {
  throw error.with_context(std::string(columns_[column].name));
}

void RowReader::read_session(const Cells& cells) {
  const auto user = name_in(cells, columns_, 0);
  const auto start = time_in(cells, 1);
  const auto end = cells[2].empty() ? std::nullopt : std::optional(time_in(cells, 2));
  if (end && *end < start) refuse("end", cells[2], "is before the start");
  sink_.take(domain::Connection{user, start, true});
  if (end) sink_.take(domain::Connection{user, *end, false});
}

void RowReader::read(const Cells& cells) {
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    if (columns_[i].is_required && cells[i].empty())
      throw base::Error(base::ErrorKind::usage, std::string(columns_[i].name) + " is missing");
  }
  if (type_ == UsageType::sessions) return read_session(cells);
  const auto user = name_in(cells, columns_, 0);
  const auto at = time_in(cells, 1);
  const auto optional_number = [&](std::size_t column, std::int64_t absent, std::int64_t most) {
    return cells[column].empty() ? absent : number_in<std::int64_t>(cells, columns_, column, most);
  };
  switch (type_) {
    case UsageType::connections:
      return sink_.take(domain::Connection{user, at, is_connect(cells[2])});
    case UsageType::launches:
      return sink_.take(
          domain::Launch{user, at, name_in(cells, columns_, 2), optional_number(3, 0, dwell_limit_s)});
    case UsageType::files:
      return sink_.take(
          domain::FileUse{user, at, name_in(cells, columns_, 2), optional_number(3, 1, count_limit)});
    case UsageType::locations:
      return sink_.take(domain::Visit{user, at, name_in(cells, columns_, 2)});
    case UsageType::sessions:
    case UsageType::samples:
      break;
  }
  domain::Sample sample{user, at};
  for (std::size_t i = 0; i < domain::metric_count; ++i) {
    const std::size_t column = first_metric + i;
    if (!cells[column].empty()) sample.values[i] = number_in<double>(cells, columns_, column, value_limit);
  }
  sink_.take(sample);
}

}  // namespace deskloom::ingest
