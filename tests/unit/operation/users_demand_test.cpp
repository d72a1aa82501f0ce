// Pools by their users' sum, where that is better (SPEC D5).
#include "operation/users_demand.hpp"

#include "history/calendars.hpp"
#include "history/recorder.hpp"
#include "operation/foretell.hpp"
#include "operation/learn.hpp"
#include "predict/spread.hpp"
#include "recorded_office.hpp"
#include "support/catch.hpp"

using namespace deskloom;
using namespace deskloom::operation;
using namespace deskloom::test;
#ifdef DESKLOOM_CATCH2_V2
using Catch::Detail::Approx;
#endif

namespace {

constexpr int people = 12, days = 120;

// On some days most of them are away, which their calendars say and nothing else does.
void work_when_calendars_say(Office& office) {
  history::Recorder recorder(office.history);
  for (int person = 0; person < people; ++person) {
    const std::string user = "user" + std::to_string(person);
    std::vector<history::CalendarSpan> away;
    for (int day = 0; day < days; ++day) {
      const bool are_away = predict::spread(static_cast<std::uint64_t>(day)) < 0.4;
      if (are_away && person >= 2) {
        away.push_back({day_at(day, 0), day_at(day + 1, 0), day, true, false});
      } else if (day % 7 < 5) {
        const auto late = std::chrono::minutes((person * 13 + day * 29) % 40);
        recorder.take(domain::Connection{user, day_at(day, 9) + late, true});
        recorder.take(domain::Connection{user, day_at(day, 13) + late, false});
      }
    }
    history::replace_calendar(office.history, user, "work", away);
    office.consents.calendar.insert(user);
  }
  recorder.commit();
}

predict::ModelFile file_of(const Office& office, const LearnReport& report) {
  return predict::read_model(report.model.file(office.store));
}

}  // namespace

TEST_CASE("a pool is foretold by its users' sum when that was better, and by itself when not") {
  Office office;
  office.serve("all", {});
  work_when_calendars_say(office);
  const auto report = learn(office.source(), office.store, day_at(days, 0));
  const auto file = file_of(office, report);
  REQUIRE(predict::sum_model_in(file, "all.concurrent"));
  forecast::promote(office.store, {day_at(days, 0), report.model.name, "a test"});
  // Of the last week's days, one on which most are away, and one on which nobody is.
  constexpr std::size_t eleven = 5;
  float least = 100, most = 0;
  for (int day = days - 8; day < days - 1; ++day) {
    if (day % 7 >= 5) continue;
    foretell(office.source(), office.store, day_at(day, 6));
    const float there = forecast::pool_forecasts(office.store)[0].concurrent[eleven][predict::median_level];
    least = std::min(least, there);
    most = std::max(most, there);
  }
  CHECK(least < 4);
  CHECK(most > 8);

  Office usual;
  usual.serve("all", {});
  usual.work(people, 0, days);
  CHECK_FALSE(predict::sum_model_in(file_of(usual, learn(usual.source(), usual.store, day_at(days, 0))),
                                    "all.arrivals"));
}

TEST_CASE("hours are added up pool by pool, and an hour that has begun is taken to go on") {
  policy::Policy policy;
  policy.pools["a"].name = "a";
  policy.pools["a"].users = {"ann"};
  policy.pools["b"].name = "b";
  policy.pools["b"].users = {"bob"};
  UsersDemand demand(policy, 10, 3);
  const std::vector<float> connects{0.1F, 0.1F, 0.2F, 0, 0, 0}, present{0.5F, 0.5F, 1, 1, 1, 1};
  for (const char* user : {"ann", "eve"}) demand.add(user, 10 * hour_s + hour_s / 2, connects, present);
  CHECK(demand.covers(0));
  CHECK(demand.covers(1));
  CHECK_FALSE(demand.covers(2));
  CHECK(demand.of("a").arrivals[0].mean == Approx(0.4));
  CHECK(demand.of("a").concurrent[0].mean == Approx(0.5));
  CHECK(demand.of("a").arrivals[1].mean == Approx(0.2));
  CHECK(demand.of("a").concurrent[1].mean == Approx(1));
  CHECK(demand.of("a").concurrent[1].variance == Approx(0).margin(1e-9));
  CHECK(demand.of("b").arrivals[0].mean == 0);
}
