#include <CLI/CLI.hpp>
#include <algorithm>

#include "base/text.hpp"
#include "event/assignments.hpp"
#include "event/event.hpp"
#include "frame/context.hpp"
#include "history/recorder.hpp"
#include "ingest/usage_row.hpp"
#include "operation/record_use.hpp"

namespace deskloom::cmd {
namespace {

ingest::Cells cells_of(ingest::UsageType type, const std::map<std::string, std::string>& values) {
  const auto columns = ingest::columns_of(type);
  std::vector<std::string> names;
  for (const auto& column : columns) names.emplace_back(column.name);
  ingest::Cells cells(columns.size());
  for (const auto& [name, value] : values) {
    const auto column = std::ranges::find(names, name);
    if (column == names.end()) {
      throw base::Error(base::ErrorKind::usage, "there is no '" + base::printable(name) + "' to record",
                        "known: " + base::join(names, ", "));
    }
    cells[static_cast<std::size_t>(column - names.begin())] = value;
  }
  return cells;
}

history::Recorder::Counts record(frame::Context& context, const ingest::TableOptions& table,
                                 const ingest::Cells& cells) {
  history::Store store(context.policy().history_file(), history::Store::Access::create);
  history::Recorder recorder(store);
  operation::ConsentGuard guard(context.state().users, store.salt(), recorder);
  ingest::RowReader(table, guard).read(cells);
  return recorder.commit();
}

history::Recorder::Counts check(frame::Context& context, const ingest::TableOptions& table,
                                const ingest::Cells& cells) {
  domain::NoUsageSink nowhere;
  operation::ConsentGuard guard(context.state().users, {}, nowhere);
  ingest::RowReader(table, guard).read(cells);
  return {};
}

}  // namespace

void setup(CLI::App& app, EventRecordOptions& options) {
  app.add_option("type", options.type, "connections, launches, files, locations or samples")
      ->required()
      ->type_name("TYPE");
  app.add_option("user", options.user, "whose")->required()->type_name("USER");
  app.add_option("values", options.values, "what, as in the columns of an import: application=gimp")
      ->type_name("NAME=VALUE");
  app.add_option("--at", options.at, "when; else now")->type_name("TIME");
}

frame::ExitCode run(const EventRecordOptions& options, frame::Context& context) {
  ingest::TableOptions table;
  table.type = domain::parse_name(ingest::usage_type_names, options.type, "type of events");
  auto values = parse_assignments(options.values);
  values["user"] = options.user;
  const std::string when = table.type == ingest::UsageType::sessions ? "start" : "at";
  if (options.at || !values.contains(when))
    values[when] = options.at.value_or(base::to_rfc3339(context.clock().now()));
  const auto cells = cells_of(table.type, values);

  const auto counts = context.dry_run() ? check(context, table, cells) : record(context, table, cells);
  context.print(frame::Document()
                    .field("added", "Added", counts.added)
                    .field("known", "Known", counts.known)
                    .field("dry_run", context.dry_run() ? "Dry run" : "", context.dry_run()));
  return frame::ExitCode::done;
}

}  // namespace deskloom::cmd
