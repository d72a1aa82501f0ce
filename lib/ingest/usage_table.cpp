#include "ingest/usage_table.hpp"

#include <algorithm>

#include "base/error.hpp"
#include "base/text.hpp"
#include "ingest/lines.hpp"

namespace deskloom::ingest {
namespace {

// As the file calls them.
std::vector<WantedColumn> wanted_columns(const TableOptions& options) {
  const auto columns = columns_of(options.type);
  std::vector<std::string> ours;
  for (const UsageColumn& column : columns) ours.emplace_back(column.name);
  for (const auto& [name, theirs] : options.columns) {
    if (std::ranges::find(ours, name) != ours.end()) continue;
    const std::string type(domain::name_of(usage_type_names, options.type));
    throw base::Error(base::ErrorKind::usage, type + " have no column '" + base::printable(name) + "'",
                      "they have " + base::join(ours, ", "));
  }
  std::vector<WantedColumn> wanted;
  for (const UsageColumn& column : columns) {
    const auto named = options.columns.find(std::string(column.name));
    wanted.push_back(named == options.columns.end()
                         ? WantedColumn{std::string(column.name), column.is_required}
                         : WantedColumn{named->second, true});
  }
  return wanted;
}

}  // namespace

TableReport read_table(base::ByteSource& source, const TableOptions& options, domain::UsageSink& sink) {
  const auto columns = wanted_columns(options);
  RowReader rows(options, sink);
  TableReport report;
  const auto reject = [&](std::uint64_t line, const std::string& reason) {
    ++report.lines;
    ++report.rejected;
    if (report.examples.size() < rejected_examples) report.examples.push_back({line, reason});
  };
  const auto take = [&](std::uint64_t line, const Cells& cells) {
    try {
      rows.read(cells);
      ++report.lines;
    } catch (const base::Error& error) {
      if (error.kind() != base::ErrorKind::usage) throw;
      reject(line, error.what());
    }
  };
  const LineVisitor visitor{take, reject};
  options.format == TableFormat::csv ? read_csv(source, columns, visitor)
                                     : read_json_lines(source, columns, visitor);
  return report;
}

}  // namespace deskloom::ingest
