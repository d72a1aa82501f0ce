#pragma once

#include <functional>
#include <memory>
#include <string>

#include "ingest/usage_row.hpp"

namespace deskloom::ingest {

// What is done with each line: its number, and its cells or what is wrong with it. Cells live as long as the
// call.
struct LineVisitor {
  std::function<void(std::uint64_t line, const Cells& cells)> take;
  std::function<void(std::uint64_t line, const std::string& reason)> reject;
};

// For columns of the given names, in their order, as the file calls them. Throws Error(usage) for a header
// that lacks one that must be there, and for a line beyond line_limit_bytes.
struct WantedColumn {
  std::string name;
  bool is_required = false;
};
void read_csv(base::ByteSource& source, const std::vector<WantedColumn>& columns, const LineVisitor& visitor);
void read_json_lines(base::ByteSource& source, const std::vector<WantedColumn>& columns,
                     const LineVisitor& visitor);

}  // namespace deskloom::ingest
