// Times that come again each week: of schedules and prices (SPEC B3, C5).
#include "domain/weekly_window.hpp"

#include "support/catch.hpp"

using namespace deskloom::domain;
using std::chrono::local_days;

namespace {

// 2026-03-02 is a Monday.
std::chrono::local_seconds at(int day, int hour, int minute) {
  return local_days(std::chrono::year(2026) / 3 / 1) + std::chrono::days(day) + std::chrono::hours(hour) +
         std::chrono::minutes(minute);
}
constexpr int monday = 1, friday = 5, saturday = 6, sunday = 7;

}  // namespace

TEST_CASE("B3: a schedule's entry is days, times and a number") {
  const auto entry = parse_scheduled_ghosts("Mon-Fri 07:30-10:00 12");
  REQUIRE(entry);
  CHECK(entry->ghosts == 12);
  CHECK(entry->window.holds_at(at(monday, 7, 30)));
  CHECK(entry->window.holds_at(at(friday, 9, 59)));
  CHECK_FALSE(entry->window.holds_at(at(monday, 7, 29)));
  CHECK_FALSE(entry->window.holds_at(at(monday, 10, 0)));
  CHECK_FALSE(entry->window.holds_at(at(saturday, 8, 0)));
}

TEST_CASE("B3: a window that ends before it begins ends on the next day") {
  const auto entry = parse_scheduled_ghosts("Fri 22:00-06:00 1");
  REQUIRE(entry);
  CHECK(entry->window.holds_at(at(friday, 23, 0)));
  CHECK(entry->window.holds_at(at(saturday, 5, 59)));
  CHECK_FALSE(entry->window.holds_at(at(saturday, 6, 0)));
  CHECK_FALSE(entry->window.holds_at(at(friday, 5, 0)));
  CHECK(WeeklyWindow{parse_weekdays("Sun").value(), 1320, 360}.holds_at(at(monday, 1, 0)));
}

TEST_CASE("B3: days are single ones, ranges and lists") {
  CHECK(parse_weekdays("daily") == every_day);
  CHECK(parse_weekdays("Mon-Sun") == every_day);
  CHECK(parse_weekdays("Sat,Sun") == Weekdays{0x60});
  CHECK(parse_weekdays("Mon,Wed-Fri") == Weekdays{0x1D});
  CHECK(parse_weekdays("Sat-Mon") == Weekdays{0x61});
  CHECK(WeeklyWindow{}.holds_at(at(sunday, 0, 0)));
}

TEST_CASE("B3: what is no schedule is refused") {
  const std::string text = GENERATE(
      "", "Mon-Fri", "Mon-Fri 07:30-10:00", "Mon-Fri 07:30 12", "mon 07:30-10:00 12", "Mon-Fri 7:30-10:00 1",
      "Mon-Fri 07:30-10:00 -1", "Mon-Fri 07:30-10:00 12 3", "Mon-Fri 07:60-10:00 12", "Mon, 07:30-10:00 1",
      "Mon-Fri 07:30-24:01 12", "Mon-Fri 07:30-10:00 10001", "Mon-Fri  07:30-10:00 12");
  INFO(text);
  CHECK_FALSE(parse_scheduled_ghosts(text));
}

TEST_CASE("B3: midnight is the begin of a day, and the end of one") {
  CHECK(parse_time_of_day("00:00") == 0);
  CHECK(parse_time_of_day("24:00") == 1440);
  CHECK_FALSE(parse_time_of_day("24:01"));
  CHECK_FALSE(parse_time_of_day("12:3x"));
}
