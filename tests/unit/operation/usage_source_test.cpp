// Of what is recorded, forecasts see what users agree to now (SPEC D2, D3).
#include "operation/usage_source.hpp"

#include "history/calendars.hpp"
#include "support/catch.hpp"
#include "support/temp_dir.hpp"

using namespace deskloom;
using namespace deskloom::operation;
using namespace deskloom::test;

TEST_CASE("calendars are looked at while their users agree, and holidays always") {
  const TempDir dir;
  history::Store history{dir / "history.sqlite", history::Store::Access::create};
  const auto from = base::from_seconds(1'767'571'200), until = from + std::chrono::days(2);
  const std::vector<history::CalendarSpan> spans{{from, from + std::chrono::hours(1), 7, false, false}};
  for (const char* user : {"ann", "bob"}) history::replace_calendar(history, user, "work", spans);
  history::replace_calendar(history, {}, "holidays", spans);
  const policy::Policy policy;
  UsageSource source{history, base::TimeZone("UTC"), policy};
  source.consents.calendar = {"bob"};
  const auto calendars = calendars_of(source, {"carl", "ann", "bob"}, from, until);
  CHECK(calendars.everybody.size() == 1);
  REQUIRE(calendars.users.size() == 3);
  CHECK(calendars.users[1].empty());
  CHECK(calendars.users[2].size() == 1);
  source.consents = {};
  CHECK(calendars_of(source, {"carl", "ann", "bob"}, from, until).users[2].empty());
}
