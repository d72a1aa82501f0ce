#include "base/text.hpp"
#include "event/import_source.hpp"
#include "history/calendars.hpp"
#include "ingest/calendar.hpp"
#include "operation/record_use.hpp"
#include "users_clock.hpp"

namespace deskloom::cmd {
namespace {

// Far enough for a forecast, and for a year's holidays.
constexpr std::chrono::days days_ahead{400};

void check_owner(const EventImportOptions& options, frame::Context& context) {
  if (options.holidays == options.user.has_value()) {
    throw base::Error(base::ErrorKind::usage, "whose calendar it is, is not said",
                      "name them with --user, or say --holidays for one that is everybody's");
  }
  if (options.user) operation::require_calendar_consent(context.state().users, *options.user);
}

std::vector<ingest::CalendarSpan> read(const EventImportOptions& options, frame::Context& context) {
  const auto now = context.clock().now();
  const ingest::CalendarOptions window{
      options.time_zone ? base::TimeZone(*options.time_zone) : users_clock(context.policy()),
      now - std::chrono::days(context.policy().history.days), now + days_ahead};
  std::vector<ingest::CalendarSpan> spans;
  read_import(options, context,
              [&](base::ByteSource& source) { spans = ingest::read_calendar(source, window); });
  return spans;
}

history::CalendarChange store(const EventImportOptions& options, frame::Context& context,
                              const std::vector<ingest::CalendarSpan>& spans) {
  history::Store store(context.policy().history_file(), history::Store::Access::create);
  std::vector<history::CalendarSpan> kept;
  for (const auto& [begin, end, uid, is_all_day, is_free] : spans)
    kept.push_back({begin, end, operation::event_token(store.salt(), uid), is_all_day, is_free});
  const std::string name = options.calendar.value_or(std::filesystem::path(options.file).filename());
  return history::replace_calendar(store, options.user, name, kept);
}

}  // namespace

frame::ExitCode import_calendar(const EventImportOptions& options, frame::Context& context) {
  check_owner(options, context);
  const auto spans = read(options, context);
  const auto change = context.dry_run() ? history::CalendarChange{} : store(options, context, spans);
  context.print(frame::Document()
                    .field("lines", "Occurrences", spans.size())
                    .field("added", "Added", change.added)
                    .field("known", "Known", change.known)
                    .field("expired", "", 0)
                    .field("removed", "Removed", change.removed)
                    .field("rejected", "", 0)
                    .field("dry_run", context.dry_run() ? "Dry run" : "", context.dry_run())
                    .table("rejected_lines", "", frame::Table({{"line", "LINE"}, {"reason", "REASON"}}), ""));
  return frame::ExitCode::done;
}

}  // namespace deskloom::cmd
