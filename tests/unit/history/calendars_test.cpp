#include "history/calendars.hpp"

#include "support/catch.hpp"
#include "temp_history.hpp"

using namespace deskloom;
using namespace deskloom::history;
using namespace deskloom::test;

namespace {

CalendarSpan span(std::int64_t begin, std::int64_t end, std::int64_t event = 1) {
  return {at(begin), at(end), event};
}

}  // namespace

TEST_CASE("a calendar takes the place of what was known of it, and of nothing else") {
  TempHistory temp;
  replace_calendar(temp.store, "ann", "home", {span(1, 2)});
  replace_calendar(temp.store, "bob", "work", {span(3, 4)});
  const auto first = replace_calendar(temp.store, "ann", "work", {span(10, 20), span(30, 40)});
  CHECK(first.added == 2);
  const auto second = replace_calendar(temp.store, "ann", "work", {span(10, 20), span(50, 60)});
  CHECK(second.added == 1);
  CHECK(second.known == 1);
  CHECK(second.removed == 1);
  const auto all = calendar_spans(temp.store, "ann", at(0), at(100));
  REQUIRE(all.size() == 3);
  CHECK(all[2].begin == at(50));
  CHECK(calendar_spans(temp.store, "ann", at(2), at(10)).empty());
  CHECK(calendar_spans(temp.store, "ann", at(19), at(20)).size() == 1);
  CHECK(calendar_spans(temp.store, "carol", at(0), at(100)).empty());
}

TEST_CASE("holidays are everybody's, and old calendars go with all else") {
  TempHistory temp;
  replace_calendar(temp.store, std::nullopt, "holidays", {span(0, 86'400)});
  CHECK(calendar_spans(temp.store, std::nullopt, at(0), at(10)).size() == 1);
  CHECK(calendar_spans(temp.store, "ann", at(0), at(10)).empty());
  const KeepRule rule{std::chrono::days(1), std::chrono::days(1), std::chrono::days(1)};
  CHECK(roll_up(temp.store, at(3 * 86'400), rule, false).events_removed == 1);
}
