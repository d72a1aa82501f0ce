// Forecasts as an administrator makes them, of an organisation that scripts/usage-trace invents (SPEC D4,
// D5).
#include <filesystem>

#include "base/process.hpp"
#include "support/catch.hpp"
#include "support/deskloom.hpp"

using namespace deskloom;
using test::Contains;
using test::Deployment;

namespace {

// Sixteen weeks of 30 people, from Monday, 5 January 2026, in Warsaw.
void import_trace(const Deployment& deployment) {
  const std::filesystem::path trace = deployment.directory() / "trace";
  REQUIRE(base::run_process(
              {DESKLOOM_SCRIPTS "/usage-trace", trace, "--users", "30", "--days", "112", "--seed", "3"})
              .exit_code == 0);
  const auto imported = deployment.json({"event", "import", trace / "sessions.csv", "--type", "sessions"});
  INFO(imported.err);
  REQUIRE(imported.code == 0);
  REQUIRE(deployment.json({"event", "import", trace / "holidays.ics", "--holidays"}).code == 0);
}

const std::string monday = "2026-04-27T04:00:00Z";  // 6:00 in Warsaw, after the last day

}  // namespace

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
  const auto shown = deployment.json({"predict", "show", "user0003"});
  CHECK(shown.json["profile"] == after.json["profiles"]);
  CHECK_THAT(deployment.run({"predict", "show", "user0003"}).out, Contains("Mon 09:00"));

  CHECK(deployment.json({"predict", "promote", "--none"}).json["promoted"] == true);
  CHECK(deployment.json({"predict", "forecast", "--at", monday}).json["model"] == "habits alone");
  CHECK(deployment.json({"predict", "promote", "--previous"}).json["model"] == model);
  CHECK(deployment.json({"predict", "promote", model}).json["promoted"] == false);
}

TEST_CASE("what forecasts lack is said, and what would help") {
  const Deployment deployment;
  const auto no_record = deployment.json({"predict", "forecast"});
  CHECK(no_record.code == 10);
  CHECK(deployment.json({"predict", "list"}).code == 10);
  deployment.run({"event", "record", "connections", "ann", "event=connect", "--at", "1769849940"});
  CHECK_THAT(deployment.json({"predict", "train"}).json["error"]["message"].get<std::string>(),
             Contains("too few"));
  CHECK(deployment.json({"predict", "forecast", "--at", "2026-02-01T00:00:00Z"}).code == 0);
  const auto stranger = deployment.json({"predict", "show", "bob"});
  CHECK(stranger.code == 17);
  CHECK_THAT(stranger.json["error"]["message"].get<std::string>(), Contains("bob"));
  CHECK(deployment.json({"predict", "promote", "best"}).code == 17);
  CHECK(deployment.json({"predict", "promote"}).code == 2);
  CHECK(deployment.json({"predict", "promote", "--previous"}).code == 2);
}
