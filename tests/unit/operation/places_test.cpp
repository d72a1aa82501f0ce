// Where users will be, by consent only (SPEC D3, D5), and what may be shown of it.
#include "operation/places.hpp"

#include <map>

#include "base/error.hpp"
#include "history/recorder.hpp"
#include "operation/place_groups.hpp"
#include "operation/place_map.hpp"
#include "operation/record_use.hpp"
#include "support/catch.hpp"
#include "support/temp_dir.hpp"

using namespace deskloom;
using namespace deskloom::operation;
using namespace deskloom::test;
using Maps = std::map<std::string, forecast::PlaceMap>;

namespace {

constexpr std::int64_t monday_s = 1'767'571'200;  // 5 January 2026
constexpr std::int64_t hour_s = 3600, day_s = 24 * hour_s;
const std::string salt(64, 'a');

std::string token_of(const std::string& place) { return salted_token(salt, place); }

// People at a site by day on weekdays, and at home else; on Fridays all day.
struct Town {
  TempDir dir;
  history::Store history{dir / "history.sqlite", history::Store::Access::create};
  forecast::Store store{dir / "forecast.sqlite", forecast::Store::Access::write};
  policy::Policy policy;
  std::vector<std::string> people;
  std::map<std::string, predict::Person> known;
  Consents consents;

  UsageSource source() const { return {history, base::TimeZone("UTC"), policy, known, {}, consents}; }

  static std::string name(int person) { return "user" + std::to_string(person); }
  void withdraw(int person) { consents.location.erase(name(person)); }

  void settle(int count) {
    for (int number = 0; number < count; ++number) {
      people.push_back(name(number));
      known[name(number)].department = number % 2 == 0 ? "sales" : "works";
      consents.location.insert(name(number));
    }
  }

  // As ConsentGuard would have recorded it when they agreed. Days: [from, until).
  void live(int from, int until) {
    history::Recorder recorder(history);
    for (int day = from; day < until; ++day) {
      for (int number = 0; number < static_cast<int>(people.size()); ++number) {
        const bool is_home = day % 7 >= 4;
        const std::string user = name(number);
        const std::string by_day = token_of(is_home ? "home of " + user : "site"),
                          by_night = token_of("home of " + user);
        for (const int hour : {8, 11, 14}) visit(recorder, user, day, hour, by_day);
        for (const int hour : {18, 21}) visit(recorder, user, day, hour, by_night);
      }
    }
    recorder.commit();
  }
  static void visit(history::Recorder& recorder, const std::string& user, int day, int hour,
                    const std::string& place) {
    recorder.take(
        domain::Visit{user, base::from_seconds(monday_s + day * day_s + hour * hour_s + 60), place});
  }

  forecast::HourlyOf at(int day, int hour) const {
    return {(monday_s + day * day_s) / hour_s + hour, 24, {}};
  }

  Maps foretell(const forecast::HourlyOf& of) {
    foretell_places(source(), store, predict::ModelFile("deskloom-ahead-1"), {}, of);
    Maps maps;
    forecast::each_place_map(
        store, [&](const std::string& user, const forecast::PlaceMap& map) { maps[user] = map; });
    return maps;
  }
};

float share_of(const forecast::PlaceMap& map, const std::string& place, std::size_t hour) {
  const auto found = std::ranges::find(map.places, token_of(place));
  return found == map.places.end() ? 0
                                   : map.hours[hour][static_cast<std::size_t>(found - map.places.begin())];
}

void check_sane(const Maps& maps) {
  for (const auto& [user, map] : maps) {
    CHECK(map.places.size() <= 6);
    CHECK(map.hours.size() == 25);
    for (std::size_t hour = 0; hour < map.hours.size(); ++hour) {
      for (const float share : map.hours[hour]) CHECK((share >= 0 && share <= 1));
      CHECK((map.elsewhere(hour) >= 0 && map.elsewhere(hour) <= 1));
    }
  }
}

forecast::PlaceMap expected(const std::vector<std::pair<std::string, float>>& places) {
  forecast::PlaceMap map;
  map.hours.emplace_back();
  for (const auto& [place, share] : places) {
    map.places.push_back(token_of(place));
    map.hours[0].push_back(share);
  }
  return map;
}

}  // namespace

TEST_CASE("people are foretold at their site by day and at home by night") {
  Town town;
  town.settle(6);
  town.live(0, 35);
  const auto maps = town.foretell(town.at(35, 6));  // Monday, 6:00
  REQUIRE(maps.size() == 6);
  check_sane(maps);
  for (const auto& [user, map] : maps) {
    CHECK(share_of(map, "site", 5) > 0.6F);              // at eleven
    CHECK(share_of(map, "home of " + user, 15) > 0.6F);  // at nine in the evening
  }
  const auto friday = town.foretell(town.at(32, 6));
  CHECK(share_of(friday.at("user0"), "site", 5) < share_of(maps.at("user0"), "site", 5));
}

TEST_CASE("nothing is foretold of who has not agreed, and what was foretold goes with the consent") {
  Town town;
  town.settle(4);
  town.withdraw(0);
  town.live(0, 21);
  CHECK_FALSE(town.foretell(town.at(21, 6)).contains("user0"));
  CHECK(town.foretell(town.at(21, 6)).contains("user1"));
  town.withdraw(1);
  const auto within_the_hour = town.foretell(town.at(21, 6));
  CHECK_FALSE(within_the_hour.contains("user1"));
  CHECK(within_the_hour.contains("user2"));
  town.consents = {};
  CHECK(town.foretell(town.at(21, 7)).empty());
}

TEST_CASE("models learn of places only from who agrees now, and from nothing later") {
  Town with, without;
  for (Town* town : {&with, &without}) {
    town->settle(6);
    town->live(0, 42);
  }
  // Somebody who no longer agrees, and wanders about; and what comes later.
  {
    history::Recorder recorder(with.history);
    for (int hour = 0; hour < 41 * 24; ++hour)
      Town::visit(recorder, "wanderer", 0, hour, token_of("place" + std::to_string(hour % 37)));
    recorder.commit();
  }
  with.live(42, 50);
  const auto until = base::from_seconds(monday_s + 42 * day_s);
  predict::ModelFile one("deskloom-ahead-1"), other = one;
  learn_places(with.source(), until, one);
  learn_places(without.source(), until, other);
  REQUIRE(predict::place_model_in(one));
  CHECK(predict::place_model_in(one)->weights == predict::place_model_in(other)->weights);
  CHECK(predict::place_model_in(one)->weights != predict::usual_place_model().weights);

  SECTION("nobody agrees: nothing is learnt") {
    with.consents = {};
    predict::ModelFile nothing("deskloom-ahead-1");
    learn_places(with.source(), until, nothing);
    CHECK(nothing.tensors.empty());
  }
}

TEST_CASE("a forecast of places is the same when all that came after it is deleted") {
  Town all, known;
  for (Town* town : {&all, &known}) town->settle(3);
  all.live(0, 30);
  known.live(0, 21);
  const auto one = all.foretell(all.at(21, 0)), other = known.foretell(known.at(21, 0));
  REQUIRE(one.size() == 3);
  for (const auto& [user, map] : one) {
    CHECK(map.places == other.at(user).places);
    CHECK(map.hours == other.at(user).hours);
  }
}

TEST_CASE("one visit, gaps, half hours of the clock and a clock set back give maps that are sane") {
  Town town;
  town.settle(2);
  {
    history::Recorder recorder(town.history);
    Town::visit(recorder, "user0", 1, 9, token_of("site"));
    Town::visit(recorder, "user1", 0, 9, "not a token");
    recorder.commit();
  }
  for (const char* zone : {"UTC", "Asia/Kolkata", "Asia/Kathmandu", "Europe/Warsaw"}) {
    for (const auto& of :
         {town.at(1, 10), town.at(40, 3), town.at(1, 9), town.at(83, 0)}) {  // 83: clocks change
      CAPTURE(zone, of.hour);
      UsageSource source{town.history, base::TimeZone(zone), town.policy, town.known, {}, town.consents};
      foretell_places(source, town.store, predict::ModelFile("deskloom-ahead-1"), {}, of);
      CHECK(forecast::newest_places(town.store) == of);
      Maps maps;
      forecast::each_place_map(
          town.store, [&](const std::string& user, const forecast::PlaceMap& map) { maps[user] = map; });
      CHECK(maps.size() <= 1);  // what is no token is not told
      check_sane(maps);
    }
  }
}

TEST_CASE("times that policy excludes do not tell of places") {
  Town town;
  town.settle(1);
  town.live(0, 10);
  town.policy.forecast.excluded = {"2026-01-01/2026-02-01"};
  CHECK(town.foretell(town.at(10, 0)).empty());
}

TEST_CASE("a large department is several groups, and users of two are in none together") {
  Town town;
  town.settle(2100);
  town.live(0, 1);
  const auto groups = place_groups(town.source(), {monday_s, monday_s + day_s}, 10'000);
  std::size_t users = 0;
  for (const PlaceGroup& group : groups) {
    users += group.users.size();
    CHECK(group.users.size() <= 1000);
    const bool is_even = (group.users.front().back() - '0') % 2 == 0;
    for (const std::string& user : group.users) CHECK(((user.back() - '0') % 2 == 0) == is_even);
  }
  CHECK(users == 2100);
  CHECK(groups.size() == 4);
  std::size_t few = 0;
  for (const PlaceGroup& group : place_groups(town.source(), {monday_s, monday_s + day_s}, 100))
    few += group.users.size();
  CHECK((few > 50 && few < 150));
}

TEST_CASE("what is shown of a group hides places of few, and adds up to no secret") {
  std::vector<forecast::PlaceMap> maps(9, expected({{"site", 0.9F}, {"branch", 0.06F}}));
  maps.push_back(expected({{"site", 0.2F}, {"home of one", 0.8F}}));
  const auto shown = publish(maps, 5);
  REQUIRE(shown.size() == 1);
  REQUIRE(shown[0].places.size() == 1);  // the branch, by all, is half a person
  CHECK(shown[0].places[0].place == token_of("site"));
  CHECK(shown[0].places[0].users == 10);  // 8.3, to a multiple of 5
  CHECK(shown[0].elsewhere == 0);         // 1.7

  SECTION("a place needs as many as policy says, whoever is surely there") {
    maps.assign(4, expected({{"small", 1}}));
    maps.resize(20, expected({{"site", 1}}));
    CHECK(publish(maps, 5)[0].places.size() == 1);
    CHECK_FALSE(publish(maps, 5)[0].elsewhere);  // four people: too few, too
    CHECK(publish(maps, 4)[0].places.size() == 2);
  }
  SECTION("who hardly counts is not counted") {
    maps.assign(4, expected({{"small", 1}}));
    maps.resize(20, expected({{"site", 0.98F}, {"small", 0.02F}}));
    CHECK(publish(maps, 5)[0].places.size() == 1);
  }
  SECTION("one user more or less mostly changes nothing") {
    int changes = 0;
    for (int users = 30; users < 60; ++users) {
      maps.assign(static_cast<std::size_t>(users), expected({{"site", 1}}));
      const auto before = publish(maps, 5);
      maps.push_back(expected({{"site", 1}}));
      changes += publish(maps, 5)[0].places[0].users != before[0].places[0].users ? 1 : 0;
    }
    CHECK(changes == 6);  // of 30
  }
  CHECK(publish({}, 5).empty());
}

TEST_CASE("a map is refused for groups that are too small, and says which key it is") {
  Town town;
  CHECK_THROWS_AS(published_map(town.source(), town.store, {}), base::Error);  // nothing is foretold
  town.settle(12);
  town.live(0, 21);
  town.foretell(town.at(21, 6));
  MapGroup sales;
  sales.department = "sales";
  const auto map = published_map(town.source(), town.store, sales);
  CHECK(map.users == 5);  // of six
  REQUIRE(map.hours.size() == 25);
  REQUIRE(map.hours[5].places.size() == 1);  // at eleven
  CHECK(map.hours[5].places[0].place == token_of("site"));
  CHECK(map.hours[15].places.empty());  // all at homes of their own
  CHECK(map.hours[15].elsewhere == 5);
  CHECK(published_map(town.source(), town.store, {}).users == 10);

  const auto refusal = [&](const MapGroup& group) {
    try {
      published_map(town.source(), town.store, group);
    } catch (const base::Error& error) {
      return std::string(error.what()) + " " + error.hint();
    }
    return std::string();
  };
  town.withdraw(0);
  town.withdraw(2);  // what is foretold is still there
  CHECK_THAT(refusal(sales), Contains("4 users") && Contains("5 are needed") && Contains("minimum_group"));
  MapGroup role, pool;
  role.role = "pilot";
  pool.pool = "none";
  CHECK_THAT(refusal(role), Contains("0 users") && Contains("pilot"));
  CHECK_THAT(refusal(pool), Contains("no pool"));
  town.policy.pools["few"].name = "few";
  town.policy.pools["few"].users = {"user1", "user3", "user5", "user7", "user9"};
  pool.pool = "few";
  CHECK(refusal(pool).empty());
}
