// Calendars (SPEC D2).
#include "ingest/calendar.hpp"

#include "base/clock.hpp"
#include "base/error.hpp"
#include "support/catch.hpp"

using namespace deskloom;
using namespace deskloom::test;

namespace {

base::Timestamp at(const std::string& text) { return base::parse_rfc3339(text + ".000Z"); }

std::string calendar(const std::string& body) {
  return "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//test//EN\r\n" + body + "END:VCALENDAR\r\n";
}

std::string event(const std::string& body, const std::string& uid = "one") {
  return "BEGIN:VEVENT\r\nUID:" + uid + "\r\nDTSTAMP:20260101T000000Z\r\n" + body + "END:VEVENT\r\n";
}

std::vector<ingest::CalendarSpan> read(const std::string& text) {
  base::TextSource source(text);
  return ingest::read_calendar(
      source, {base::TimeZone("Europe/Warsaw"), at("2026-01-01T00:00:00"), at("2027-01-01T00:00:00")});
}

// "begin/minutes" of each, without the year.
std::vector<std::string> spans(const std::string& text) {
  std::vector<std::string> spans;
  for (const auto& span : read(text)) {
    const auto minutes = std::chrono::floor<std::chrono::minutes>(span.end - span.begin).count();
    spans.push_back(base::to_rfc3339(span.begin).substr(5, 11) + "/" + std::to_string(minutes));
  }
  return spans;
}

std::string error_of(const std::string& text) {
  try {
    read(text);
  } catch (const base::Error& error) {
    CHECK(error.kind() == base::ErrorKind::usage);
    return error.what();
  }
  return "";
}

using Spans = std::vector<std::string>;

const std::string berlin =
    "BEGIN:VTIMEZONE\r\nTZID:Our Office\r\nBEGIN:STANDARD\r\nDTSTART:19701025T030000\r\n"
    "RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10\r\nTZOFFSETFROM:+0200\r\nTZOFFSETTO:+0100\r\nEND:STANDARD\r\n"
    "BEGIN:DAYLIGHT\r\nDTSTART:19700329T020000\r\nRRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3\r\n"
    "TZOFFSETFROM:+0100\r\nTZOFFSETTO:+0200\r\nEND:DAYLIGHT\r\nEND:VTIMEZONE\r\n";

}  // namespace

TEST_CASE("an event is read in UTC, in a named zone, in one that is defined, and in none") {
  CHECK(spans(calendar(event("DTSTART:20260302T080000Z\r\nDTEND:20260302T090000Z\r\n"))) ==
        Spans{"03-02T08:00/60"});
  CHECK(spans(calendar(event("DTSTART;TZID=America/New_York:20260302T080000\r\nDURATION:PT30M\r\n"))) ==
        Spans{"03-02T13:00/30"});
  CHECK(spans(calendar(berlin + event("DTSTART;TZID=Our Office:20260702T080000\r\nDURATION:PT1H\r\n"))) ==
        Spans{"07-02T06:00/60"});
  CHECK(spans(calendar(event("DTSTART:20260302T080000\r\nDURATION:PT1H\r\n"))) == Spans{"03-02T07:00/60"});
}

TEST_CASE("a weekly meeting keeps its hour on the wall over the clock change") {
  CHECK(spans(calendar(event("DTSTART;TZID=Europe/Warsaw:20260320T090000\r\nDURATION:PT1H\r\n"
                             "RRULE:FREQ=WEEKLY;COUNT=3\r\n"))) ==
        Spans{"03-20T08:00/60", "03-27T08:00/60", "04-03T07:00/60"});
  CHECK(spans(calendar(berlin + event("DTSTART;TZID=Our Office:20261016T090000\r\nDURATION:PT1H\r\n"
                                      "RRULE:FREQ=WEEKLY;UNTIL=20261030T080000Z\r\n"))) ==
        Spans{"10-16T07:00/60", "10-23T07:00/60", "10-30T08:00/60"});
}

TEST_CASE("a rule ends with its last occurrence that UNTIL allows, in UTC or as a date") {
  const std::string start = "DTSTART;TZID=America/New_York:20260105T200000\r\nDURATION:PT1H\r\n";
  CHECK(spans(calendar(event(start + "RRULE:FREQ=DAILY;UNTIL=20260107T010000Z\r\n"))).size() == 2);
  CHECK(spans(calendar(event(start + "RRULE:FREQ=DAILY;UNTIL=20260107T005959Z\r\n"))).size() == 1);
  CHECK(spans(calendar(event("DTSTART;VALUE=DATE:20260105\r\nRRULE:FREQ=DAILY;UNTIL=20260107\r\n"))).size() ==
        3);
}

TEST_CASE("what is added, excluded, moved and cancelled of a series") {
  const std::string series =
      "DTSTART:20260105T080000Z\r\nDURATION:PT1H\r\nRRULE:FREQ=DAILY;COUNT=5\r\nRDATE:20260201T080000Z\r\n"
      "EXDATE:20260106T080000Z,20260107T080000Z\r\n";
  CHECK(spans(calendar(event(series))) ==
        Spans{"01-05T08:00/60", "01-08T08:00/60", "01-09T08:00/60", "02-01T08:00/60"});
  CHECK(spans(calendar(
            event(series) +
            event("RECURRENCE-ID:20260108T080000Z\r\nDTSTART:20260108T100000Z\r\nDURATION:PT2H\r\n") +
            event("RECURRENCE-ID:20260109T080000Z\r\nDTSTART:20260109T080000Z\r\nSTATUS:CANCELLED\r\n"))) ==
        Spans{"01-05T08:00/60", "01-08T10:00/120", "02-01T08:00/60"});
  CHECK(spans(calendar(event(series) + event("RECURRENCE-ID;RANGE=THISANDFUTURE:20260108T080000Z\r\n"
                                             "DTSTART:20260108T090000Z\r\nDURATION:PT30M\r\n"))) ==
        Spans{"01-05T08:00/60", "01-08T09:00/30", "01-09T09:00/30", "02-01T09:00/30"});
  CHECK(spans(calendar(event(series + "STATUS:CANCELLED\r\n"))).empty());
  CHECK(
      spans(calendar(event(series) + event("SEQUENCE:2\r\nDTSTART:20260401T080000Z\r\nDURATION:PT1H\r\n"))) ==
      Spans{"04-01T08:00/60"});
}

TEST_CASE("whole days go from midnight to midnight of the user's clock, also when the clock changes") {
  const auto read_days =
      read(calendar(event("DTSTART;VALUE=DATE:20260329\r\nTRANSP:TRANSPARENT\r\n") +
                    event("DTSTART;VALUE=DATE:20260501\r\nDTEND;VALUE=DATE:20260504\r\n", "two")));
  REQUIRE(read_days.size() == 2);
  CHECK(read_days[0].is_all_day);
  CHECK(read_days[0].is_free);
  CHECK(read_days[0].end - read_days[0].begin == std::chrono::hours(23));
  CHECK(read_days[1].begin == at("2026-04-30T22:00:00"));
  CHECK(read_days[1].end - read_days[1].begin == std::chrono::hours(72));
  CHECK_FALSE(read_days[1].is_free);
  CHECK(spans(calendar(event("DTSTART;VALUE=DATE:20260101\r\nRRULE:FREQ=WEEKLY;BYDAY=MO\r\n"
                             "EXDATE;VALUE=DATE:20260105\r\n")))
            .size() == 52);
}

TEST_CASE("of what repeats without end, and began long ago, only the window is read") {
  const auto weekly =
      read(calendar(event("DTSTART:19990104T080000Z\r\nDURATION:PT1H\r\nRRULE:FREQ=WEEKLY\r\n")));
  CHECK(weekly.size() == 52);
  CHECK(weekly.front().begin == at("2026-01-05T08:00:00"));
  CHECK(read(calendar(event("DTSTART:20251231T230000Z\r\nDURATION:PT3H\r\n"))).size() == 1);
  CHECK(read(calendar(event("DTSTART:20250101T000000Z\r\nDURATION:PT1H\r\n"))).empty());
}

TEST_CASE("folded lines, bare newlines and two calendars in a file are read") {
  std::string text =
      calendar(event("SUMMARY:a long\r\n  story\r\nDTSTART:2026\r\n 0302T080000Z\r\nDURATION:PT1H\r\n"));
  CHECK(spans(text) == Spans{"03-02T08:00/60"});
  std::erase(text, '\r');
  CHECK(spans(text + calendar(event("DTSTART:20260303T080000Z\r\n", "two"))) ==
        Spans{"03-02T08:00/60", "03-03T08:00/0"});
}

TEST_CASE("what is malformed is refused with its line") {
  CHECK_THAT(error_of(""), Contains("empty"));
  CHECK_THAT(error_of("hello\r\n"), StartsWith("line 1 "));
  CHECK_THAT(error_of(calendar(event("DTSTART:yesterday\r\n"))), StartsWith("line 7 "));
  CHECK_THAT(error_of(calendar(event("SUMMARY:x\r\n"))), StartsWith("line 4 ") && Contains("DTSTART"));
  CHECK_THAT(error_of(calendar(event("DTSTART:20260302T080000Z\r\nRRULE:FREQ=SOMETIMES\r\n"))),
             StartsWith("line 8 "));
  CHECK_THAT(error_of(calendar(event("DTSTART;TZID=Nowhere/At All:20260302T080000\r\n"))),
             StartsWith("line 4 ") && Contains("Nowhere/At All"));
  CHECK_THAT(error_of(calendar("BEGIN:VEVENT\r\nEND:VTODO\r\n")), StartsWith("line 5 "));
  CHECK_THAT(error_of("BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n"), Contains("has no end"));
  CHECK_THAT(error_of(calendar("SUMMARY:\xff\r\n")), StartsWith("line 4 is not UTF-8"));
  CHECK_THAT(error_of(calendar(event("DTSTART:20260302T080000Z\r\nDTEND:20260301T080000Z\r\n"))),
             Contains("ends before"));
}

TEST_CASE("a rule that repeats beyond reason is refused, not followed") {
  CHECK_THAT(error_of(calendar(event("DTSTART:19700101T000000Z\r\nRRULE:FREQ=SECONDLY\r\n"))),
             Contains("repeats too often"));
}
