#pragma once

#include <string_view>
#include <vector>

#include "ingest/time_text.hpp"
#include "ingest/usage_table.hpp"

namespace deskloom::ingest {

// One line's cells in the order of columns_of(type); empty: absent.
using Cells = std::vector<std::string_view>;

// Makes events of lines.
class RowReader {
 public:
  RowReader(const TableOptions& options, domain::UsageSink& sink);
  // Throws Error(usage) that names the column and what is wrong with it.
  void read(const Cells& cells);

 private:
  void read_session(const Cells& cells);
  base::Timestamp time_in(const Cells& cells, std::size_t column);

  UsageType type_;
  std::span<const UsageColumn> columns_;
  TimeReader times_;
  domain::UsageSink& sink_;
};

}  // namespace deskloom::ingest
