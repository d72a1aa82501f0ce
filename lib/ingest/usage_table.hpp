#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/stream.hpp"
#include "domain/names.hpp"
#include "domain/usage.hpp"

// Recorded use as tables of text: one line for each event, the columns named. Input is untrusted.
namespace deskloom::ingest {

// What the lines of a table are. Columns with * must be there.
enum class UsageType {
  sessions,     // user* start* end
  connections,  // user* at* event*: "connect" or "disconnect", also "login", "logout", "1", "0"
  launches,     // user* at* application* dwell (seconds)
  files,        // user* at* type* count
  locations,    // user* at* place*
  samples,      // user* at* cpu memory gpu network storage microphone camera, as in domain::Metric
};
inline constexpr domain::Names<UsageType, 6> usage_type_names{{{UsageType::sessions, "sessions"},
                                                               {UsageType::connections, "connections"},
                                                               {UsageType::launches, "launches"},
                                                               {UsageType::files, "files"},
                                                               {UsageType::locations, "locations"},
                                                               {UsageType::samples, "samples"}}};

enum class TableFormat { csv, json_lines };
inline constexpr domain::Names<TableFormat, 2> table_format_names{
    {{TableFormat::csv, "csv"}, {TableFormat::json_lines, "jsonl"}}};

struct TableOptions {
  UsageType type = UsageType::sessions;
  TableFormat format = TableFormat::csv;
  // Of columns that the file calls otherwise: ours to theirs.
  std::map<std::string, std::string> columns;
  // Of times without an offset, as the IANA names it; without one such times are refused.
  std::optional<std::string> time_zone;
};

struct RejectedLine {
  std::uint64_t line = 0;  // from 1, as an editor counts; for a line of CSV over several, where it begins
  std::string reason;
};

struct TableReport {
  std::uint64_t lines = 0;  // without the header and empty ones
  std::uint64_t rejected = 0;
  std::vector<RejectedLine> examples;  // the first rejected ones
};

inline constexpr std::size_t rejected_examples = 20;
inline constexpr std::size_t line_limit_bytes = 1 << 20;

// Reads to the end, in bounded memory. Lines that are wrong, or that the sink refuses by Error(usage), are
// rejected and passed over; a header without a column that must be there is Error(usage).
//
// Times are seconds since 1970, milli-, micro- or nanoseconds told by their size, or RFC 3339 with or without
// offset ("2026-01-31 08:59:00" with time_zone).
//
//   csv    = header *line     ; RFC 4180; the header names the columns
//   jsonl  = *(object LF)     ; RFC 8259; other members are passed over
TableReport read_table(base::ByteSource& source, const TableOptions& options, domain::UsageSink& sink);

// The columns of a type, those that must be there first.
struct UsageColumn {
  std::string_view name;
  bool is_required = false;
};
std::span<const UsageColumn> columns_of(UsageType type);

}  // namespace deskloom::ingest
