#include "history/calendars.hpp"

#include "history/names.hpp"
#include "history/steps.hpp"

namespace deskloom::history {
namespace {

constexpr std::int64_t everybody = 0;

}  // namespace

// Of what stays, only the mark is changed, so that what has gone can be told from it.
CalendarChange replace_calendar(Store& store, const std::optional<std::string>& user,
                                const std::string& calendar, const std::vector<CalendarSpan>& spans) {
  const base::Database& db = store.db();
  base::Transaction transaction(db);
  Names names(db);
  const auto owner = user ? names.number(NameKind::user, *user) : everybody;
  const auto number = names.number(NameKind::calendar, calendar);
  db.prepare("UPDATE calendar_spans SET is_gone = 1 WHERE user = ? AND calendar = ?")
      .bind(owner)
      .bind(number)
      .run();
  const std::int64_t before = db.changes();
  auto put = db.prepare(
      "INSERT INTO calendar_spans VALUES (?, ?, ?, ?, ?, ?, ?, 0) "
      "ON CONFLICT DO UPDATE SET is_gone = 0, is_all_day = excluded.is_all_day, is_free = excluded.is_free");
  for (const CalendarSpan& span : spans) {
    put.restart()
        .bind(owner)
        .bind(number)
        .bind(base::to_seconds(span.begin))
        .bind(base::to_seconds(span.end))
        .bind(span.event);
    put.bind(std::int64_t{span.is_all_day}).bind(std::int64_t{span.is_free}).run();
  }
  db.prepare("DELETE FROM calendar_spans WHERE user = ? AND calendar = ? AND is_gone")
      .bind(owner)
      .bind(number)
      .run();
  const std::int64_t removed = db.changes();
  auto count = db.prepare("SELECT count(*) FROM calendar_spans WHERE user = ? AND calendar = ?");
  count.bind(owner).bind(number).step();
  const std::int64_t known = before - removed, added = count.integer(0) - known;
  transaction.commit();
  return {static_cast<std::uint64_t>(added), static_cast<std::uint64_t>(known),
          static_cast<std::uint64_t>(removed)};
}

std::vector<CalendarSpan> calendar_spans(const Store& store, const std::optional<std::string>& user,
                                         base::Timestamp from, base::Timestamp until) {
  auto row = store.db().prepare(
      "SELECT begin, end, event, is_all_day, is_free FROM calendar_spans WHERE begin < ? AND end > ? AND "
      "user = "
      "iif(?3 IS NULL, 0, (SELECT id FROM names WHERE kind = 1 AND name = ?3)) ORDER BY begin, end, event");
  row.bind(base::to_seconds(until)).bind(base::to_seconds(from)).bind(user);
  std::vector<CalendarSpan> spans;
  while (row.step()) {
    spans.push_back({base::from_seconds(row.integer(0)), base::from_seconds(row.integer(1)), row.integer(2),
                     row.integer(3) != 0, row.integer(4) != 0});
  }
  return spans;
}

void each_calendar_span(
    const Store& store, base::Timestamp from, base::Timestamp until,
    const std::function<void(const std::optional<std::string>& user, const CalendarSpan& span)>& visit) {
  auto row = store.db().prepare(
      "SELECT n.name, begin, end, event, is_all_day, is_free FROM calendar_spans LEFT JOIN names AS n ON "
      "n.id = user WHERE begin < ? AND end > ?");
  row.bind(base::to_seconds(until)).bind(base::to_seconds(from));
  while (row.step()) {
    visit(row.optional_text(0), {base::from_seconds(row.integer(1)), base::from_seconds(row.integer(2)),
                                 row.integer(3), row.integer(4) != 0, row.integer(5) != 0});
  }
}

}  // namespace deskloom::history
