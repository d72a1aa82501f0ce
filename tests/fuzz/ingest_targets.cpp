#include <utmp.h>

#include "fuzz/expect.hpp"
#include "ingest/calendar.hpp"
#include "ingest/usage_table.hpp"
#include "ingest/wtmp.hpp"

namespace deskloom::test {
namespace {

using base::ErrorKind;

// What was told must be fit for the record.
class Checked : public domain::NoUsageSink {
 public:
  using domain::NoUsageSink::take;
  void take(const domain::Sample& sample) override {
    for (const double value : sample.values) {
      if (value < 0 || value > 1e18) throw std::logic_error("a sample is out of range");
    }
  }
};

template <ingest::UsageType type, ingest::TableFormat format>
bool run_table(Input input) {
  ingest::TableOptions options;
  options.type = type;
  options.format = format;
  options.time_zone = "Europe/Warsaw";
  return accepts({ErrorKind::usage}, [&] {
    base::TextSource source{std::string(text_of(input))};
    Checked sink;
    ingest::read_table(source, options, sink);
  });
}

std::vector<std::string> csv_seeds() {
  return {"user,at,cpu,memory,gpu\nann,1769849940,1.5,100,\n\"b\"\"ob\",2026-01-31 08:59:00,,1e9,0.5\r\n"};
}

std::vector<std::string> json_lines_seeds() {
  return {
      "{\"user\":\"ann\",\"start\":1769849940.5,\"end\":\"2026-01-31T09:59:00+01:00\",\"x\":[{}]}\n\n"
      "{\"user\":\"bob\",\"start\":\"1769849940\",\"end\":null}"};
}

bool run_calendar(Input input) {
  const base::Timestamp now{std::chrono::seconds(1'769'849'940)};
  return accepts({ErrorKind::usage}, [&] {
    base::TextSource source{std::string(text_of(input))};
    for (const auto& span : ingest::read_calendar(
             source, {base::TimeZone("Europe/Warsaw"), now, now + std::chrono::days(100)})) {
      if (span.end < span.begin) throw std::logic_error("a span ends before it begins");
    }
  });
}

std::vector<std::string> calendar_seeds() {
  return {
      "BEGIN:VCALENDAR\nVERSION:2.0\nBEGIN:VTIMEZONE\nTZID:Here\nBEGIN:STANDARD\nDTSTART:19701025T030000\n"
      "TZOFFSETFROM:+0200\nTZOFFSETTO:+0100\nEND:STANDARD\nEND:VTIMEZONE\nBEGIN:VEVENT\nUID:a\n"
      "DTSTART;TZID=Here:20260105T090000\nDTEND;TZID=Here:20260105T100000\nRRULE:FREQ=WEEKLY;BYDAY=MO,WE\n"
      "EXDATE;TZID=Here:20260202T090000\nRDATE:20260210T080000Z\nEND:VEVENT\nBEGIN:VEVENT\nUID:a\n"
      "RECURRENCE-ID;RANGE=THISANDFUTURE:20260209T080000Z\nDTSTART:20260209T100000Z\nDURATION:PT30M\n"
      "TRANSP:TRANSPARENT\nEND:VEVENT\nBEGIN:VEVENT\nUID:b\nDTSTART;VALUE=DATE:20260301\nEND:VEVENT\n"
      "END:VCALENDAR\n"};
}

bool run_wtmp(Input input) {
  return accepts({ErrorKind::usage}, [&] {
    base::TextSource source{std::string(text_of(input))};
    domain::NoUsageSink sink;
    ingest::read_wtmp(source, sink);
  });
}

std::vector<std::string> wtmp_seeds() {
  utmp entries[2]{};
  entries[0].ut_type = USER_PROCESS;
  entries[0].ut_line[0] = entries[1].ut_line[0] = 't';
  entries[0].ut_user[0] = 'u';
  entries[0].ut_tv.tv_sec = entries[1].ut_tv.tv_sec = 1'769'849'940;
  entries[1].ut_type = DEAD_PROCESS;
  return {{reinterpret_cast<const char*>(entries), sizeof entries}};
}

}  // namespace

std::vector<FuzzTarget> ingest_targets() {
  using ingest::TableFormat;
  using ingest::UsageType;
  return {{"usage-csv", run_table<UsageType::samples, TableFormat::csv>, csv_seeds},
          {"usage-json-lines", run_table<UsageType::sessions, TableFormat::json_lines>, json_lines_seeds},
          {"calendar", run_calendar, calendar_seeds},
          {"wtmp", run_wtmp, wtmp_seeds}};
}

}  // namespace deskloom::test
