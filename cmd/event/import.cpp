#include <CLI/CLI.hpp>

#include "event/assignments.hpp"
#include "event/import_source.hpp"
#include "history/recorder.hpp"
#include "ingest/usage_table.hpp"
#include "ingest/wtmp.hpp"
#include "operation/record_use.hpp"

namespace deskloom::cmd {
namespace {

ingest::TableReport read_logins(base::ByteSource& source, domain::UsageSink& sink) {
  const auto report = ingest::read_wtmp(source, sink);
  return {report.records, report.rejected, {}};
}

ingest::TableReport read(const EventImportOptions& options, base::ByteSource& source,
                         domain::UsageSink& sink) {
  const std::string format = import_format(options);
  if (format == "wtmp") return read_logins(source, sink);
  if (!options.type) {
    throw base::Error(base::ErrorKind::usage, "what the lines are is not said",
                      "name it with --type: sessions, connections, launches, files, locations or samples");
  }
  ingest::TableOptions table;
  table.type = domain::parse_name(ingest::usage_type_names, *options.type, "type of events");
  table.format = domain::parse_name(ingest::table_format_names, format, "format");
  table.columns = parse_assignments(options.columns);
  table.time_zone = options.time_zone;
  return ingest::read_table(source, table, sink);
}

ingest::TableReport read_named(const EventImportOptions& options, frame::Context& context,
                               domain::UsageSink& sink) {
  ingest::TableReport report;
  read_import(options, context, [&](base::ByteSource& source) { report = read(options, source, sink); });
  return report;
}

frame::Table rejected_table(const ingest::TableReport& report) {
  frame::Table table({{"line", "LINE"}, {"reason", "REASON"}});
  for (const auto& [line, reason] : report.examples) table.add({line, reason});
  return table;
}

}  // namespace

void setup(CLI::App& app, EventImportOptions& options) {
  app.add_option("file", options.file, "what to import; - for standard input")->required()->type_name("FILE");
  app.add_option("--type", options.type,
                 "what the lines are: sessions, connections, launches, files, locations, samples")
      ->type_name("TYPE");
  app.add_option("--format", options.format, "csv, jsonl, wtmp or ical; else by the file's name")
      ->type_name("FORMAT");
  app.add_option("--column", options.columns, "the file calls column NAME otherwise (repeatable)")
      ->type_name("NAME=THEIRS");
  app.add_option("--time-zone", options.time_zone, "of times that do not say it")->type_name("ZONE");
  app.add_option("--user", options.user, "whose calendar it is")->type_name("USER");
  app.add_option("--calendar", options.calendar, "which of them; else the file's name")->type_name("NAME");
  app.add_flag("--holidays", options.holidays, "the calendar is everybody's");
  app.add_flag("--skip-rejected", options.skip_rejected, "import the other lines when some are wrong");
}

frame::ExitCode run(const EventImportOptions& options, frame::Context& context) {
  if (import_format(options) == "ical") return import_calendar(options, context);
  ingest::TableReport report;
  history::Recorder::Counts counts;
  const state::Users& users = context.state().users;
  if (context.dry_run()) {
    domain::NoUsageSink nowhere;
    operation::ConsentGuard guard(users, {}, nowhere);
    report = read_named(options, context, guard);
  } else {
    history::Store store(context.policy().history_file(), history::Store::Access::create);
    history::Recorder recorder(store);
    operation::ConsentGuard guard(users, store.salt(), recorder);
    report = read_named(options, context, guard);
    if (report.rejected == 0 || options.skip_rejected) counts = recorder.commit();
  }
  const bool is_refused = report.rejected > 0 && !options.skip_rejected;
  context.print(frame::Document()
                    .field("lines", "Lines", report.lines)
                    .field("added", "Added", counts.added)
                    .field("known", "Known", counts.known)
                    .field("expired", "Too old", counts.expired)
                    .field("removed", "", 0)
                    .field("rejected", "Rejected", report.rejected)
                    .field("dry_run", context.dry_run() ? "Dry run" : "", context.dry_run())
                    .table("rejected_lines", "Rejected lines", rejected_table(report), "none"));
  if (is_refused) {
    context.say("nothing is imported: mend the lines, or leave them out with --skip-rejected");
    return frame::ExitCode::failed;
  }
  return report.rejected > 0 ? frame::ExitCode::partial : frame::ExitCode::done;
}

}  // namespace deskloom::cmd
