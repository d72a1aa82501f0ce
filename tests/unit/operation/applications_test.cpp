// Which applications next sessions use (SPEC D5), counted as the record grows.
#include "operation/applications.hpp"

#include <cmath>

#include "history/recorder.hpp"
#include "support/catch.hpp"
#include "support/temp_dir.hpp"

using namespace deskloom;
using namespace deskloom::operation;
using namespace deskloom::test;
using Shares = std::vector<std::pair<std::string, float>>;

namespace {

constexpr std::int64_t monday_s = 1'767'571'200;  // 5 January 2026
constexpr std::int64_t hour_s = 3600, day_s = 24 * hour_s;

// Clerks start mail each day, and a table on most; one of them a game.
struct Office {
  TempDir dir;
  history::Store history{dir / "history.sqlite", history::Store::Access::create};
  forecast::Store store{dir / "forecast.sqlite", forecast::Store::Access::write};
  policy::Policy policy;
  std::map<std::string, predict::Person> people;
  std::vector<domain::Mode> modes;

  UsageSource source() const { return {history, base::TimeZone("UTC"), policy, people, modes}; }

  void work(int from, int until) {
    history::Recorder recorder(history);
    for (int day = from; day < until; ++day) {
      for (int person = 0; person < 4; ++person) {
        launch(recorder, person, day, 9, "mail");
        if ((day + person) % 4 != 0) launch(recorder, person, day, 10, "table");
        if (person == 0) launch(recorder, person, day, 10, "game");
      }
    }
    recorder.commit();
  }
  static void launch(history::Recorder& recorder, int person, int day, int hour, const char* application) {
    const std::string user = "user" + std::to_string(person);
    recorder.take(domain::Launch{user, base::from_seconds(monday_s + day * day_s + hour * hour_s),
                                 application, hour_s});
  }

  std::vector<Shares> foretell(int day, int hour) {
    std::vector<NextSession> sessions;
    for (int person = 0; person < 5; ++person)  // of the last, nothing is recorded
      sessions.push_back({"user" + std::to_string(person), monday_s + (day + 1) * day_s + 9 * hour_s});
    foretell_applications(source(), store, predict::ModelFile("deskloom-ahead-1"), {},
                          {(monday_s + day * day_s) / hour_s + hour, 24, {}},
                          base::from_seconds(monday_s + day * day_s + hour * hour_s), sessions);
    std::vector<Shares> shares;
    for (const NextSession& session : sessions)
      shares.push_back(forecast::next_applications(store, session.user));
    return shares;
  }
  std::int64_t counted_until() const { return forecast::applications_counted(store)->until_s; }
};

float share_of(const Shares& shares, const std::string& application) {
  const auto found = std::ranges::find(shares, application, &std::pair<std::string, float>::first);
  return found == shares.end() ? 0 : found->second;
}

void check_alike(const std::vector<Shares>& one, const std::vector<Shares>& other) {
  REQUIRE(one.size() == other.size());
  for (std::size_t user = 0; user < one.size(); ++user) {
    REQUIRE(one[user].size() == other[user].size());
    for (const auto& [application, share] : one[user])
      CHECK(std::abs(share - share_of(other[user], application)) < 2e-4F);
  }
}

}  // namespace

TEST_CASE("what users start is foretold, and of who is new, what is usual") {
  Office office;
  office.work(0, 30);
  const auto shares = office.foretell(30, 6);
  CHECK(share_of(shares[1], "mail") > 0.9F);
  CHECK(shares[1].front().first == "mail");
  CHECK((share_of(shares[1], "table") > 0.5F && share_of(shares[1], "table") < 0.95F));
  CHECK(share_of(shares[1], "game") < 0.1F);
  CHECK(share_of(shares[0], "game") > 0.8F);
  CHECK(share_of(shares[4], "mail") > 0.8F);

  SECTION("by their role, where it is known") {
    office.people = {{"user0", {"player", ""}}, {"user1", {"clerk", ""}}, {"user4", {"player", ""}}};
    CHECK(share_of(office.foretell(30, 7)[4], "game") > 0.6F);
  }
}

TEST_CASE("a mode says what the next session uses, as long as it lasts") {
  Office office;
  office.work(0, 30);
  office.policy.modes["editing"] = {"editing", {"cutter", "mail"}, 0, 0};
  const auto at = [](int day) { return base::from_seconds(monday_s + day * day_s); };
  office.modes = {{"user1", "editing", at(30), at(33), "admin"},
                  {"user2", "unheard of", at(30), at(33), "admin"}};
  const auto shares = office.foretell(30, 6);
  CHECK(shares[1].front().first == "cutter");
  CHECK(share_of(shares[1], "cutter") > 0.95F);
  CHECK(share_of(shares[1], "mail") > 0.95F);
  CHECK(share_of(shares[1], "table") > 0.5F);
  CHECK(share_of(shares[2], "cutter") == 0);
  // What is started every day is surer than a mode's.
  office.policy.modes["editing"].applications = {"cutter"};
  office.work(30, 400);
  office.modes[0].from = at(400), office.modes[0].until = at(403);
  const auto later = office.foretell(400, 6);
  CHECK(share_of(later[1], "mail") > 0.99F);
  CHECK(share_of(later[1], "cutter") > 0.95F);
  CHECK(share_of(office.foretell(403, 6)[1], "cutter") == 0);
}

TEST_CASE("no record of launches, and one launch, are no trouble") {
  Office office;
  for (const Shares& shares : office.foretell(0, 6)) CHECK(shares.empty());
  {
    history::Recorder recorder(office.history);
    Office::launch(recorder, 0, 0, 7, "mail");
    recorder.commit();
  }
  const auto shares = office.foretell(0, 8);
  REQUIRE(shares[0].size() == 1);
  CHECK((shares[0][0].second > 0.05F && shares[0][0].second < 1));
}

TEST_CASE("applications that are counted day by day are those that are counted at once") {
  Office at_once, day_by_day;
  at_once.work(0, 40);
  for (int day = 0; day < 40; ++day) {
    day_by_day.work(day, day + 1);
    if (day % 3 != 1) day_by_day.foretell(day, 23);
  }
  check_alike(at_once.foretell(40, 6), day_by_day.foretell(40, 6));
  CHECK(day_by_day.counted_until() == monday_s + 39 * day_s);
}

TEST_CASE("launches that are recorded by the next night count at once, and older ones when they are seen") {
  Office office, late;
  office.work(0, 30);
  late.work(10, 28);
  late.foretell(29, 6);
  late.work(28, 30);  // not before two days later
  check_alike(late.foretell(35, 8), late.foretell(35, 8));
  const float before = share_of(late.foretell(35, 9)[0], "game");
  CHECK(before > 0.5F);
  late.work(0, 10);  // older than all that was known: counted anew
  check_alike(office.foretell(35, 10), late.foretell(35, 10));
}

TEST_CASE(
    "a forecast of applications is the same when all that came after it is deleted, and the clock may go "
    "back") {
  Office all, known;
  all.work(0, 40);
  known.work(0, 20);
  all.foretell(39, 23);
  check_alike(all.foretell(20, 0), known.foretell(20, 0));
  CHECK(all.counted_until() == monday_s + 19 * day_s);
}

TEST_CASE("applications are foretold once an hour") {
  Office office;
  office.work(0, 10);
  office.foretell(10, 6);
  office.store.db().execute("DELETE FROM application_forecasts");
  CHECK(office.foretell(10, 6)[0].empty());
  CHECK_FALSE(office.foretell(10, 7)[0].empty());
}

TEST_CASE("a model of applications is learnt from what was before, when there is something") {
  Office all, known;
  all.work(0, 60);
  known.work(0, 40);
  const auto until = base::from_seconds(monday_s + 40 * day_s);
  predict::ModelFile one("deskloom-ahead-1"), other = one, nothing = one;
  learn_applications(all.source(), until, one);
  learn_applications(known.source(), until, other);
  REQUIRE(predict::application_model_in(one));
  CHECK(predict::application_model_in(one)->in_session == predict::application_model_in(other)->in_session);
  CHECK(predict::application_model_in(one)->in_session != predict::usual_application_model().in_session);
  learn_applications(Office().source(), until, nothing);
  CHECK(nothing.tensors.empty());
}

TEST_CASE("a next session begins when it is the likeliest, given that none has begun before") {
  forecast::UserForecast forecast;
  forecast.connects = {0.1F, 0.6F, 0.65F, 0.01F};
  CHECK(next_session("ann", forecast, 1000).begin_s == 1000 + predict::slot_s);
  forecast.connects.clear();
  CHECK(next_session("ann", forecast, 1000).begin_s == 1000);
}
