#include <CLI/CLI.hpp>
#include <filesystem>

#include "base/text.hpp"
#include "event/assignments.hpp"
#include "event/event.hpp"
#include "frame/context.hpp"
#include "history/recorder.hpp"
#include "ingest/usage_table.hpp"
#include "ingest/wtmp.hpp"
#include "operation/record_use.hpp"

namespace deskloom::cmd {
namespace {

class CountedSource : public base::ByteSource {
 public:
  CountedSource(base::ByteSource& source, base::Progress& progress) : source_(source), progress_(progress) {}
  std::size_t read(std::span<std::byte> buffer) override {
    const std::size_t size = source_.read(buffer);
    progress_.advance(size);
    return size;
  }

 private:
  base::ByteSource& source_;
  base::Progress& progress_;
};

std::string name_of(const EventImportOptions& options) {
  return options.file == "-" ? "standard input" : options.file;
}

// By the option, else by the file's name.
std::string format_of(const EventImportOptions& options) {
  if (options.format) return *options.format;
  const std::string file = std::filesystem::path(options.file).filename();
  for (const std::string format : {"csv", "jsonl"}) {
    if (file.ends_with("." + format)) return format;
  }
  if (file.starts_with("wtmp") || file.starts_with("btmp")) return "wtmp";
  throw base::Error(base::ErrorKind::usage, "cannot tell the format of " + base::printable(name_of(options)),
                    "name it with --format csv, jsonl or wtmp");
}

ingest::TableReport read_logins(base::ByteSource& source, domain::UsageSink& sink) {
  const auto report = ingest::read_wtmp(source, sink);
  return {report.records, report.rejected, {}};
}

ingest::TableReport read(const EventImportOptions& options, base::ByteSource& source,
                         domain::UsageSink& sink) {
  const std::string format = format_of(options);
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
                               domain::UsageSink& sink) try {
  base::FileSource file(options.file == "-" ? "/dev/stdin" : options.file);
  std::error_code unknown;
  const auto size = std::filesystem::file_size(options.file, unknown);
  context.progress().begin("importing", unknown ? 0 : size);
  CountedSource source(file, context.progress());
  auto report = read(options, source, sink);
  context.progress().end();
  return report;
} catch (const base::Error& error) {
  if (error.kind() != base::ErrorKind::usage) throw;
  throw error.with_context(base::printable(name_of(options)));
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
  app.add_option("--format", options.format, "csv, jsonl or wtmp; else by the file's name")
      ->type_name("FORMAT");
  app.add_option("--column", options.columns, "the file calls column NAME otherwise (repeatable)")
      ->type_name("NAME=THEIRS");
  app.add_option("--time-zone", options.time_zone, "of times that do not say it")->type_name("ZONE");
  app.add_flag("--skip-rejected", options.skip_rejected, "import the other lines when some are wrong");
}

frame::ExitCode run(const EventImportOptions& options, frame::Context& context) {
  ingest::TableReport report;
  history::Recorder::Counts counts;
  const state::Users& users = context.state().users;
  if (context.dry_run()) {
    operation::Nowhere nowhere;
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
