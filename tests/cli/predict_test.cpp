// Forecasts as an administrator makes them, of an organisation that scripts/usage-trace invents (SPEC D4,
// D5).
#include <filesystem>
#include <map>
#include <sstream>

#include "base/fd.hpp"
#include "base/process.hpp"
#include "support/catch.hpp"
#include "support/deskloom.hpp"

using namespace deskloom;
using test::Contains;
using test::Deployment;

namespace {

// Of people from Monday, 5 January 2026, in Warsaw.
std::filesystem::path make_trace(const Deployment& deployment, const std::string& people,
                                 const std::string& days) {
  const std::filesystem::path trace = deployment.directory() / "trace";
  REQUIRE(base::run_process(
              {DESKLOOM_SCRIPTS "/usage-trace", trace, "--users", people, "--days", days, "--seed", "3"})
              .exit_code == 0);
  return trace;
}

// Sixteen weeks of 30 people.
void import_trace(const Deployment& deployment) {
  const auto trace = make_trace(deployment, "30", "112");
  const auto imported = deployment.json({"event", "import", trace / "sessions.csv", "--type", "sessions"});
  INFO(imported.err);
  REQUIRE(imported.code == 0);
  REQUIRE(deployment.json({"event", "import", trace / "holidays.ics", "--holidays"}).code == 0);
}

// What its people start, and where those are who agreed to it.
void import_use(const Deployment& deployment) {
  const std::filesystem::path trace = deployment.directory() / "trace";
  REQUIRE(deployment.json({"event", "import", trace / "launches.csv", "--type", "launches"}).code == 0);
  const auto state = deployment.state();
  std::istringstream people(base::read_file(trace / "users.csv", 1 << 20));
  const std::string places = base::read_file(trace / "locations.csv", 1 << 24);
  std::string line;
  std::getline(people, line);
  while (std::getline(people, line)) {
    domain::User user;
    const std::size_t role = line.find(',') + 1, department = line.find(',', role) + 1;
    user.name = line.substr(0, role - 1);
    user.role = line.substr(role, department - 1 - role);
    user.department = line.substr(department);
    if (places.find("\n" + user.name + ",") != std::string::npos)
      user.location_consent = base::from_seconds(1);
    state.users.ensure(user.name, base::from_seconds(1));
    state.users.update(user);
  }
  REQUIRE(deployment.json({"event", "import", trace / "locations.csv", "--type", "locations"}).code == 0);
}

const std::string monday = "2026-04-27T04:00:00Z";  // 6:00 in Warsaw, after the last day

}  // namespace

TEST_CASE("profiles have the steps that policy names") {
  const Deployment deployment("[forecast]\nstep_minutes = 60\n");
  import_trace(deployment);
  const auto foretold = deployment.json({"predict", "forecast", "--at", monday, "--user", "user0003"});
  INFO(foretold.err);
  REQUIRE(foretold.code == 0);
  CHECK(foretold.json["slots"] == 96);
  CHECK(foretold.json["profiles"].size() <= 25);
  CHECK(foretold.json["profiles"].size() >= 24);
  CHECK_THAT(foretold.json["profiles"][1]["timestamp"].get<std::string>(), Contains(":00:00"));
}

TEST_CASE("a model is trained, comes into force, and forecasts follow it") {
  const Deployment deployment;
  import_trace(deployment);
  const auto before = deployment.json({"predict", "forecast", "--at", monday});
  INFO(before.err);
  REQUIRE(before.code == 0);
  CHECK(before.json["model"] == "habits alone");
  CHECK(before.json["slots"] == 96);
  CHECK(before.json["users"] > 20);

  const auto trained = deployment.json({"predict", "train", "--until", monday, "--promote"});
  INFO(trained.err);
  REQUIRE(trained.code == 0);
  CHECK(trained.json["promoted"] == true);
  const std::string model = trained.json["model"];
  for (const auto& band : trained.json["scores"])
    CHECK(band["connects_log_loss"] < band["connects_by_habit"]);
  const auto listed = deployment.json({"predict", "list"});
  CHECK(listed.json["models"][0]["in_force"] == true);
  CHECK(listed.json["promotions"][0]["model"] == model);

  const auto after = deployment.json({"predict", "forecast", "--at", monday, "--user", "user0003"});
  CHECK(after.json["model"] == model);
  CHECK(after.json["profiles"].size() == 96);
  CHECK(after.json["peak_users"] > 5);
  REQUIRE(after.json["next_sessions"].size() == 1);
  const auto next = after.json["next_sessions"][0];
  CHECK(next["user"] == "user0003");
  CHECK(next["length_median_ms"] > 0);
  CHECK(next["length_90_ms"] >= next["length_median_ms"]);
  const auto shown = deployment.json({"predict", "show", "user0003"});
  CHECK(shown.json["profile"] == after.json["profiles"]);
  CHECK(shown.json["session_begins"] == next["begins"]);
  CHECK(shown.json["session_90_ms"] == next["length_90_ms"]);
  CHECK_THAT(deployment.run({"predict", "show", "user0003"}).out,
             Contains("Mon 09:00") && Contains("It lasts"));

  CHECK(deployment.json({"predict", "promote", "--none"}).json["promoted"] == true);
  CHECK(deployment.json({"predict", "forecast", "--at", monday}).json["model"] == "habits alone");
  CHECK(deployment.json({"predict", "promote", "--previous"}).json["model"] == model);
  CHECK(deployment.json({"predict", "promote", model}).json["promoted"] == false);
}

TEST_CASE("training waits until it is needed, and says why") {
  const Deployment deployment;
  deployment.run({"event", "record", "connections", "ann", "event=connect", "--at", "1769849940"});
  const std::vector<std::string> train{"predict", "train", "--if-drifted", "--promote", "--until", monday};
  const auto too_early = deployment.json(train);
  CHECK(too_early.code == 0);
  CHECK(too_early.json["trained"] == false);
  CHECK_THAT(too_early.json["need"].get<std::string>(), Contains("63 are needed"));
  CHECK(deployment.json({"predict", "list"}).json["models"].empty());

  const Deployment organisation;
  import_trace(organisation);
  const auto first = organisation.json(train);
  INFO(first.err);
  REQUIRE(first.code == 0);
  CHECK(first.json["trained"] == true);
  CHECK(first.json["promoted"] == true);
  const auto listed = organisation.json({"predict", "list"});
  CHECK(listed.json["in_force"] == first.json["model"]);
  CHECK(listed.json["drifted"] == false);
  CHECK(listed.json["feedback"].empty());
  const auto again = organisation.json(train);
  CHECK(again.code == 0);
  CHECK(again.json["trained"] == false);
  CHECK_THAT(again.json["need"].get<std::string>(), Contains("nothing is scored yet"));
  CHECK_THAT(organisation.run({"doctor"}).out, Contains("nothing is scored yet"));
  CHECK(organisation.json({"predict", "promote", "--none"}).code == 0);
  CHECK_THAT(organisation.json(train).json["need"].get<std::string>(), Contains("was trained within"));
}

TEST_CASE(
    "applications and places are foretold, places by consent, and mapped for groups that are large enough") {
  const Deployment deployment;
  import_trace(deployment);
  import_use(deployment);
  REQUIRE(deployment.json({"predict", "train", "--until", monday}).code == 0);
  const std::string model = deployment.json({"predict", "list"}).json["models"][0]["model"];
  REQUIRE(deployment.json({"predict", "promote", "--always", model}).code == 0);
  const auto foretold = deployment.json({"predict", "forecast", "--at", monday, "--user", "user0000"});
  REQUIRE(foretold.code == 0);
  const auto shown = deployment.json({"predict", "show", "user0000"});
  CHECK(shown.json["location_consent"] == true);
  CHECK(shown.json["profile"] == foretold.json["profiles"]);
  CHECK(shown.json["applications"] == foretold.json["applications"]);
  REQUIRE(shown.json["applications"].size() >= 3);
  CHECK(shown.json["applications"][0]["probability"] > 0.5);
  for (const auto& row : shown.json["profile"]) {
    double sum = 0;
    for (const auto& [place, share] : row["locationProbabilityMap"].items()) sum += share.get<double>();
    CHECK(sum > 0.999);
    CHECK(sum < 1.01);
  }
  CHECK_THAT(deployment.run({"predict", "show", "user0000"}).out,
             Contains("Will probably use") && Contains("PLACE") && Contains("by consent"));

  const auto map = deployment.json({"predict", "map", "--place", "office", "--at", "2026-04-27T08:00:00Z"});
  REQUIRE(map.code == 0);
  CHECK(map.json["users"].get<int>() % 5 == 0);
  CHECK(map.json["places"][0]["place"] == "office");
  CHECK(map.json["places"][0]["users"].get<int>() % 5 == 0);
  CHECK_THAT(deployment.run({"predict", "map"}).out, Contains("Mon 10:00") && Contains("elsewhere"));
  CHECK(deployment.json({"predict", "map", "--at", "2026-05-27"}).code == 2);
  CHECK(deployment.json({"predict", "map", "--pool", "none"}).code == 17);
  CHECK(deployment.json({"predict", "map", "--role", "clerk", "--department", "department1"}).code == 2);
  const auto refused = deployment.json({"predict", "map", "--role", "pilot"});
  CHECK(refused.code == 2);
  CHECK_THAT(refused.json["error"]["hint"].get<std::string>(), Contains("5") && Contains("minimum_group"));

  SECTION("a name is no token, and a token no name") {
    const auto given = deployment.json({"predict", "show", "user0000", "--anonymize"});
    CHECK(given.out.find("user0000") == std::string::npos);
    const std::string token = given.json["user"];
    CHECK(token.starts_with("user-"));
    CHECK(given.json["profile"][0]["user"] == token);
    CHECK(given.json["profile"][0]["locationProbabilityMap"] !=
          shown.json["profile"][0]["locationProbabilityMap"]);
    const auto events = deployment.json({"event", "list", "user0000", "--anonymize", "--limit", "500"});
    CHECK(events.out.find("user0000") == std::string::npos);
    CHECK(events.json["events"][0]["user"] == token);
    const auto told =
        deployment.json({"predict", "forecast", "--at", monday, "--user", "user0000", "--anonymize"});
    CHECK(told.json["profiles"] == given.json["profile"]);
    CHECK(told.json["next_sessions"][0]["user"] == token);
    const auto maps = deployment.json({"predict", "map", "--anonymize"});
    CHECK(maps.code == 0);
    CHECK(maps.json["places"][0]["place"] != deployment.json({"predict", "map"}).json["places"][0]["place"]);
    CHECK(deployment.json({"predict", "map", "--anonymize", "--place", "office"}).code == 2);
  }
  SECTION("consent that is withdrawn ends it at once") {
    deployment.run({"user", "set", "user0000", "--withdraw", "location"});
    const auto without = deployment.json({"predict", "show", "user0000"});
    CHECK(without.json["location_consent"] == false);
    for (const auto& row : without.json["profile"]) CHECK(row["locationProbabilityMap"].is_null());
    CHECK_THAT(deployment.run({"predict", "show", "user0000"}).out, Contains("no consent"));
    REQUIRE(deployment.json({"predict", "forecast", "--at", monday}).code == 0);
    deployment.run({"user", "set", "user0000", "--consent", "location"});
    CHECK(deployment.json({"predict", "show", "user0000"})
              .json["profile"][0]["locationProbabilityMap"]
              .is_null());
  }
}

TEST_CASE("what forecasts lack is said, and what would help") {
  const Deployment deployment;
  const auto no_record = deployment.json({"predict", "forecast"});
  CHECK(no_record.code == 10);
  CHECK(deployment.json({"predict", "list"}).code == 10);
  CHECK(deployment.json({"predict", "map"}).code == 10);
  deployment.run({"event", "record", "connections", "ann", "event=connect", "--at", "1769849940"});
  CHECK_THAT(deployment.json({"predict", "train"}).json["error"]["message"].get<std::string>(),
             Contains("too few"));
  CHECK(deployment.json({"predict", "forecast", "--at", "2026-02-01T00:00:00Z"}).code == 0);
  CHECK_THAT(deployment.json({"predict", "map"}).json["error"]["message"].get<std::string>(),
             Contains("0 users"));
  const auto stranger = deployment.json({"predict", "show", "bob"});
  CHECK(stranger.code == 17);
  CHECK_THAT(stranger.json["error"]["message"].get<std::string>(), Contains("bob"));
  CHECK(deployment.json({"predict", "promote", "best"}).code == 17);
  CHECK(deployment.json({"predict", "promote"}).code == 2);
  CHECK(deployment.json({"predict", "promote", "--previous"}).code == 2);
}

TEST_CASE("every forecast is scored beside simple ones, in folds, and drawn") {
  const Deployment deployment("time_zone = \"Europe/Warsaw\"\n");
  const auto trace = make_trace(deployment, "8", "77");
  for (const std::string type : {"sessions", "launches", "samples", "locations"}) {
    if (type == "locations")
      for (int user = 0; user < 8; ++user)
        deployment.run({"user", "set", "user000" + std::to_string(user), "--consent", "location"});
    REQUIRE(deployment.run({"event", "import", trace / (type + ".csv"), "--type", type}).code == 0);
  }
  REQUIRE(deployment.run({"event", "rollup"}).code == 0);
  const auto page = deployment.directory() / "page.html";
  const auto said =
      deployment.json({"predict", "evaluate", "--test-from", "2026-03-09", "--folds", "2", "--html", page});
  INFO(said.err);
  REQUIRE(said.code == 0);
  CHECK(said.json["folds"] == 2);
  CHECK(said.json["not_scored"].empty());
  CHECK(said.json["connects"].size() == 4);  // nobody is new
  REQUIRE(said.json["lengths"].size() == 5);
  const auto& alike = said.json["lengths"][4];
  CHECK(alike["model"] == "sessions alike");
  CHECK(alike["weighted_loss"] < said.json["lengths"][3]["weighted_loss"]);  // the user's recent ones
  CHECK(alike["coverage_95"] > 0.85);
  CHECK(said.json["pools"].size() == 2 * 4);
  CHECK(said.json["resources"].size() % 6 == 0);
  CHECK(said.json["applications"].size() == 4);
  CHECK(said.json["places"].size() == 2 * 5);
  CHECK(said.json["cost"].size() == 3 * (6 + 5));
  for (const auto& row : said.json["cost"])
    if (row["model"] == "logistic regression") CHECK(row["idle_minutes"] > 0);
  CHECK(std::filesystem::file_size(page) > 10'000);

  // Only what is asked for.
  const auto places =
      deployment.json({"predict", "evaluate", "--test-from", "2026-03-09", "--task", "places,pools"});
  CHECK(places.json["places"].size() == 10);
  CHECK(places.json["pools"].size() == 8);
  CHECK(places.json["connects"].empty());
  CHECK(places.json["cost"].empty());
  const auto text = deployment.run({"predict", "evaluate", "--test-from", "2026-03-09", "--task", "cost"});
  CHECK_THAT(text.out, Contains("each user's own"));
  CHECK_THAT(text.out, Contains("shared: default"));
  const auto lengths =
      deployment.run({"predict", "evaluate", "--test-from", "2026-03-09", "--task", "lengths"});
  CHECK_THAT(lengths.out, Contains("How long sessions last") && Contains("sessions alike"));
}

TEST_CASE("what cannot be scored is said, and why") {
  const Deployment deployment("time_zone = \"Europe/Warsaw\"\n");
  const auto trace = make_trace(deployment, "4", "63");
  deployment.run({"event", "import", trace / "sessions.csv", "--type", "sessions"});
  const auto said = deployment.json({"predict", "evaluate", "--test-from", "2026-02-02"});
  INFO(said.err);
  REQUIRE(said.code == 0);
  std::map<std::string, std::string> why;
  for (const auto& row : said.json["not_scored"]) why[row["task"]] = row["why"];
  CHECK_THAT(why["connects"], Contains("does not begin"));
  CHECK_THAT(why["places"], Contains("no places"));
  CHECK_THAT(why["applications"], Contains("no launches"));
  CHECK_THAT(why["resources"], Contains("rolled up"));
  CHECK(said.json["pools"].size() == 8);
  CHECK(deployment.json({"predict", "evaluate", "--task", "places"}).code == 2);
  CHECK(deployment.json({"predict", "evaluate", "--task", "plaices"}).code == 2);
  CHECK(deployment.json({"predict", "evaluate", "--folds", "50"}).code == 2);
  const auto file = deployment.directory() / "forecasts.csv";
  CHECK(deployment.json({"predict", "evaluate", "--task", "pools", "--forecasts", file}).code == 2);
  const auto nowhere = deployment.directory() / "none" / "page.html";
  CHECK(deployment.json({"predict", "evaluate", "--task", "pools", "--html", nowhere}).code != 0);
}
