#include "ingest/time_text.hpp"

#include "base/error.hpp"
#include "support/catch.hpp"

using namespace deskloom;

namespace {

std::int64_t read(const std::string& text, const char* zone = nullptr) {
  ingest::TimeReader reader(zone ? std::optional(base::TimeZone(zone)) : std::nullopt);
  return std::chrono::floor<std::chrono::seconds>(reader.read(text)).time_since_epoch().count();
}

}  // namespace

TEST_CASE("numbers are seconds or finer, by their size") {
  for (const char* text :
       {"1769849940", "1769849940.75", "1769849940123", "1769849940123456", "1769849940123456789"})
    CHECK(read(text) == 1769849940);
}

TEST_CASE("written times with an offset need no zone") {
  for (const char* text : {"2026-01-31T08:59:00Z", "2026-01-31 08:59:00.5z", "2026/01/31 08:59Z",
                           "2026-01-31T09:59:00+01:00", "2026-01-31T06:59:00 -0200", "2026-01-31T10:59+02"})
    CHECK(read(text) == 1769849940);
  CHECK(read("2026-01-31Z") == 1769817600);
}

TEST_CASE("written times without one are of the zone that is named, over its changes") {
  CHECK(read("2026-01-31T09:59:00", "Europe/Warsaw") == 1769849940);
  CHECK(read("2026-03-29T01:59:59", "Europe/Warsaw") == 1774745999);
  CHECK(read("2026-03-29T03:00:00", "Europe/Warsaw") == 1774746000);
  CHECK(read("2026-10-25T02:30:00", "Europe/Warsaw") == 1792888200);  // comes twice: the first
  CHECK(read("2026-10-25T03:00:00", "Europe/Warsaw") == 1792893600);
  // Lord Howe's summer is half an hour.
  CHECK(read("2026-04-05T02:00:00", "Australia/Lord_Howe") -
            read("2026-04-05T01:29:59", "Australia/Lord_Howe") ==
        3601);
}

TEST_CASE("one reader reads times of many hours") {
  ingest::TimeReader reader{base::TimeZone("America/New_York")};
  for (int hour = 0; hour < 24; ++hour) {
    const std::string text =
        "2026-06-01T" + std::string(hour < 10 ? "0" : "") + std::to_string(hour) + ":07:09";
    CHECK(base::to_ns(reader.read(text)) / 1'000'000'000 == 1780286829 + 3600 * hour);
  }
}

TEST_CASE("what is no time is refused") {
  for (const char* text :
       {"", "x", "-1", "1e9", "2026-02-30T00:00:00Z", "2026-01-31T24:00:00Z", "2026-01-31T08:60:00Z",
        "2026-01-31T08:59:00Zx", "2026-01-31T", "99999999999999999999", "2026-01-31T08:59:00",
        "1960-01-31T08:59:00Z", "2300-01-01T00:00:00Z"}) {
    CAPTURE(text);
    CHECK_THROWS_AS(read(text), base::Error);
  }
}
