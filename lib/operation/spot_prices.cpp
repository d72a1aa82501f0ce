#include "operation/spot_prices.hpp"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <set>

#include "base/error.hpp"
#include "base/fd.hpp"
#include "base/json.hpp"
#include "base/text.hpp"
#include "ingest/lines.hpp"
#include "ingest/time_text.hpp"

namespace deskloom::operation {
namespace {

constexpr std::uint64_t limit_bytes = 16 << 20;
constexpr double most_money = 1e9;

enum Member { host, factor, price, eviction_per_hour, until };
constexpr std::array<const char*, 5> members{"host", "factor", "price", "eviction_per_hour", "until"};

base::Error refusal(const std::string& place, const std::string& why) {
  return {base::ErrorKind::usage, place + ": " + why,
          "deskloom-pool(1) says what a file of spot prices looks like"};
}

// The cells of one host, empty where there is none, and where they stand.
struct Row {
  std::string place;
  std::array<std::string, members.size()> cells;
};

std::optional<double> number_in(const Row& row, Member member, double max) {
  const std::string& text = row.cells[member];
  if (text.empty()) return std::nullopt;
  double number = -1;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool fits = error == std::errc() && end == text.data() + text.size() && number >= 0 && number <= max;
  if (!fits)
    throw refusal(row.place, fmt::format("'{}' must be a number from 0 to {:.0f}, not '{}'", members[member],
                                         max, base::printable(text)));
  return number;
}

plan::SpotPrice price_of(const Row& row) {
  plan::SpotPrice spot;
  spot.host = row.cells[host];
  if (!base::is_valid_name(spot.host))
    throw refusal(row.place, "'host' must be the name of a host, not '" + base::printable(spot.host) + "'");
  spot.factor = number_in(row, factor, most_money).value_or(1);
  spot.per_host = number_in(row, price, most_money);
  spot.evictions_per_hour = number_in(row, eviction_per_hour, 1).value_or(0);
  try {
    if (!row.cells[until].empty()) spot.until = ingest::TimeReader(std::nullopt).read(row.cells[until]);
  } catch (const base::Error& e) {
    throw e.with_context(row.place + ": 'until'");
  }
  return spot;
}

std::vector<Row> rows_of_csv(std::string text, const std::string& file) {
  std::vector<ingest::WantedColumn> columns(members.size());
  for (std::size_t i = 0; i < members.size(); ++i) columns[i] = {members[i], i == host};
  std::vector<Row> rows;
  std::optional<base::Error> first_broken;
  const auto place = [&](std::uint64_t line) { return file + ":" + std::to_string(line); };
  const auto take = [&](std::uint64_t line, const ingest::Cells& cells) {
    Row& row = rows.emplace_back(Row{place(line), {}});
    for (std::size_t i = 0; i < row.cells.size(); ++i) row.cells[i] = cells[i];
  };
  const auto reject = [&](std::uint64_t line, const std::string& reason) {
    if (!first_broken) first_broken = refusal(place(line), reason);
  };
  base::TextSource source(std::move(text));
  try {
    ingest::read_csv(source, columns, {.take = take, .reject = reject});
  } catch (const base::Error& e) {
    throw e.with_context(file);
  }
  if (first_broken) throw *first_broken;
  return rows;
}

Row row_of_object(const base::Json& object, const std::string& place) {
  if (!object.is_object()) throw refusal(place, "must be an object");
  Row row{place, {}};
  for (std::size_t i = 0; i < members.size(); ++i) {
    const auto found = object.find(members[i]);
    if (found != object.end() && !found->is_null())
      row.cells[i] = found->is_string() ? found->get<std::string>() : found->dump();
  }
  return row;
}

std::vector<Row> rows_of_json(const std::string& text, const std::string& file) {
  const base::Json json = base::parse_json(text, file);
  std::vector<Row> rows;
  for (std::size_t i = 0; i < json.size(); ++i)
    rows.push_back(row_of_object(json[i], file + ": /" + std::to_string(i)));
  return rows;
}

}  // namespace

std::vector<plan::SpotPrice> read_spot_prices(const std::filesystem::path& file) {
  const std::string text = base::read_file(file, limit_bytes);
  const auto first = text.find_first_not_of(" \t\r\n");
  const bool is_json = first != std::string::npos && text[first] == '[';
  std::vector<plan::SpotPrice> prices;
  std::set<std::string> hosts;
  for (const Row& row : is_json ? rows_of_json(text, file) : rows_of_csv(text, file)) {
    prices.push_back(price_of(row));
    if (!hosts.insert(prices.back().host).second)
      throw refusal(row.place, "host '" + prices.back().host + "' stands there twice");
  }
  return prices;
}

}  // namespace deskloom::operation
