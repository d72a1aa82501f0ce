#include <fstream>
#include <map>

#include "support/catch.hpp"
#include "support/deskloom.hpp"
#include "support/small_disk.hpp"

using namespace deskloom;
using test::Contains;
using test::Deployment;

namespace {

std::string write(const Deployment& deployment, const std::string& name, const std::string& text) {
  const auto file = deployment.directory() / name;
  std::ofstream(file) << text;
  return file;
}

}  // namespace

TEST_CASE("an import adds a file once, and event list shows it") {
  const Deployment deployment;
  const auto file =
      write(deployment, "use.csv", "login,on,off\nann,1769849940,1769853540\nbob,1769849941,\n");
  const std::vector<std::string> import{"event",    "import",   file,         "--type",
                                        "sessions", "--column", "user=login", "--column",
                                        "start=on", "--column", "end=off"};
  const auto first = deployment.json(import);
  INFO(first.err);
  CHECK(first.code == 0);
  CHECK(first.json["lines"] == 2);
  CHECK(first.json["added"] == 3);
  CHECK(deployment.json(import).json["known"] == 3);
  const auto listed = deployment.json({"event", "list"});
  REQUIRE(listed.json["events"].size() == 3);
  CHECK(listed.json["events"][0]["type"] == "disconnect");
  CHECK(listed.json["tables"][0]["rows"] == 3);
  CHECK(deployment.json({"event", "list", "bob"}).json["events"].size() == 1);
  CHECK(deployment.json({"event", "list", "carol"}).code == 17);
}

TEST_CASE("a wrong line keeps the whole file out, unless it is to be skipped") {
  const Deployment deployment;
  const auto file = write(deployment, "use.jsonl",
                          "{\"user\":\"ann\",\"at\":1769849940,\"application\":\"gimp\"}\n"
                          "{\"user\":\"ann\",\"at\":\"noon\",\"application\":\"gimp\"}\n");
  const auto refused = deployment.json({"event", "import", file, "--type", "launches"});
  CHECK(refused.code == 1);
  CHECK(refused.json["rejected_lines"][0]["line"] == 2);
  CHECK_THAT(refused.err, Contains("nothing is imported"));
  CHECK(deployment.json({"event", "list"}).json["events"].empty());
  const auto skipped = deployment.json({"event", "import", file, "--type", "launches", "--skip-rejected"});
  CHECK(skipped.code == 3);
  CHECK(skipped.json["added"] == 1);
}

TEST_CASE("what cannot be imported says what is missing") {
  const Deployment deployment;
  CHECK(deployment.json({"event", "list"}).code == 10);
  CHECK(deployment.json({"event", "rollup"}).code == 10);
  const auto file = write(deployment, "use.csv", "who,start\nann,1769849940\n");
  const auto no_type = deployment.json({"event", "import", file});
  CHECK(no_type.code == 2);
  CHECK_THAT(no_type.json["error"]["hint"].get<std::string>(), Contains("--type"));
  const auto no_column = deployment.json({"event", "import", file, "--type", "sessions"});
  CHECK(no_column.code == 2);
  CHECK_THAT(no_column.json["error"]["message"].get<std::string>(),
             Contains("use.csv") && Contains("'user'"));
  CHECK(deployment.json({"event", "import", file, "--type", "session"}).code == 2);
  CHECK(
      deployment.json({"event", "import", deployment.directory() / "none.csv", "--type", "sessions"}).code ==
      17);
  const auto unnamed = write(deployment, "use", "user,start\n");
  CHECK_THAT(deployment.json({"event", "import", unnamed, "--type", "sessions"})
                 .json["error"]["hint"]
                 .get<std::string>(),
             Contains("--format"));
}

TEST_CASE("locations are recorded only of users who agreed, and never by name") {
  const Deployment deployment;
  const std::vector<std::string> record{"event",      "record", "locations", "ann",
                                        "place=Oslo", "--at",   "1769849940"};
  const auto refused = deployment.json(record);
  CHECK(refused.code == 2);
  CHECK_THAT(refused.json["error"]["message"].get<std::string>(), Contains("ann") && Contains("agreed"));
  const auto agreed = deployment.json({"user", "set", "ann", "--role", "clerk", "--consent", "location"});
  CHECK(agreed.json["role"] == "clerk");
  CHECK_FALSE(agreed.json["location_consent_at"].is_null());
  CHECK(deployment.json(record).json["added"] == 1);
  const std::string token = deployment.json({"event", "list"}).json["events"][0]["object"];
  CHECK(token.size() == 16);
  CHECK(token.find("Oslo") == std::string::npos);
  CHECK(deployment.json({"user", "set", "ann", "--withdraw", "location"})
            .json["location_consent_at"]
            .is_null());
  CHECK(deployment.json(record).code == 2);
  CHECK(deployment.json({"user", "list"}).json["users"][0]["role"] == "clerk");
}

TEST_CASE("a calendar is imported of a user who agreed, and holidays of everybody") {
  const Deployment deployment;
  const std::string text =
      "BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:x\nBEGIN:VEVENT\nUID:a\nDTSTART;VALUE=DATE:20260105\n"
      "RRULE:FREQ=WEEKLY\nEND:VEVENT\nEND:VCALENDAR\n";
  const auto file = write(deployment, "work.ics", text);
  CHECK(deployment.json({"event", "import", file}).code == 2);
  CHECK(deployment.json({"event", "import", file, "--user", "ann", "--holidays"}).code == 2);
  const auto refused = deployment.json({"event", "import", file, "--user", "ann"});
  CHECK(refused.code == 2);
  CHECK_THAT(refused.json["error"]["hint"].get<std::string>(), Contains("--consent calendar"));
  deployment.run({"user", "set", "ann", "--consent", "calendar"});
  const auto first = deployment.json({"event", "import", file, "--user", "ann"});
  CHECK(first.json["added"] > 50);
  CHECK(deployment.json({"event", "import", file, "--user", "ann"}).json["added"] == 0);
  const auto shorter =
      write(deployment, "short.ics", std::string(text).replace(text.find("WEEKLY"), 6, "YEARLY"));
  CHECK(deployment.json({"event", "import", shorter, "--user", "ann", "--calendar", "work.ics"})
            .json["removed"] > 50);
  CHECK(deployment.json({"event", "import", file, "--holidays", "--dry-run"}).json["added"] == 0);
  const auto wrong = write(deployment, "wrong.ics", "BEGIN:VCALENDAR\nEND:VEVENT\n");
  CHECK_THAT(
      deployment.json({"event", "import", wrong, "--holidays"}).json["error"]["message"].get<std::string>(),
      Contains("wrong.ics: line 2"));
}

TEST_CASE("events are recorded one by one, by hooks") {
  const Deployment deployment;
  CHECK(
      deployment.json({"event", "record", "launches", "ann", "application=gimp", "dwell=60"}).json["added"] ==
      1);
  CHECK(deployment.json({"event", "record", "connections", "ann", "event=connect"}).json["added"] == 1);
  CHECK(deployment.json({"event", "record", "launches", "ann"}).code == 2);
  CHECK(deployment.json({"event", "record", "launches", "ann", "app=gimp"}).code == 2);
  CHECK(deployment.json({"event", "record", "launches", "ann", "gimp"}).code == 2);
  CHECK(deployment.json({"event", "rollup"}).code == 0);
}

TEST_CASE("a trace that scripts/usage-trace makes is imported whole, and is the same each time") {
  const Deployment deployment;
  for (const std::string name : {"trace", "again"}) {
    const auto made = base::run_process(
        {DESKLOOM_SCRIPTS "/usage-trace", deployment.directory() / name, "--users", "8", "--days", "30"}, {});
    REQUIRE(made.exit_code == 0);
  }
  const std::string trace = deployment.directory() / "trace";
  const auto difference =
      base::run_process({"/usr/bin/diff", "-r", trace, deployment.directory() / "again"}, {});
  CHECK(difference.exit_code == 0);
  for (const std::string type : {"sessions", "launches", "samples"}) {
    CAPTURE(type);
    const auto said = deployment.json({"event", "import", trace + "/" + type + ".csv", "--type", type});
    CHECK(said.code == 0);
    CHECK(said.json["added"] > 100);
  }
  CHECK(deployment.json({"event", "import", trace + "/holidays.ics", "--holidays"}).json["added"] > 10);
  for (const auto& file : std::filesystem::directory_iterator(trace + "/calendars")) {
    const std::string user = file.path().stem();
    deployment.run({"user", "set", user, "--consent", "calendar"});
    CHECK(deployment.json({"event", "import", file.path(), "--user", user}).json["added"] > 10);
  }
}

TEST_CASE("an evaluation of what is recorded says how well models foretell it") {
  const Deployment deployment("time_zone = \"Europe/Warsaw\"\n");
  CHECK(deployment.json({"predict", "evaluate"}).code == 10);
  deployment.run({"event", "record", "sessions", "ann", "start=1769849940", "end=1769849950"});
  CHECK(deployment.json({"predict", "evaluate"}).code == 2);
  const std::string trace = deployment.directory() / "trace";
  base::run_process({DESKLOOM_SCRIPTS "/usage-trace", trace, "--users", "10", "--days", "90"}, {});
  deployment.run({"event", "import", trace + "/sessions.csv", "--type", "sessions"});
  const auto said = deployment.json({"predict", "evaluate", "--test-from", "2026-03-16"});
  INFO(said.err);
  REQUIRE(said.code == 0);
  CHECK(said.json["test_from"] == "2026-03-15T23:00:00.000Z");
  std::map<std::string, double> log_loss;
  for (const auto& row : said.json["connects"])
    if (row["users"] == "known") log_loss[row["model"]] = row["log_loss"];
  CHECK(log_loss.size() == 4);
  CHECK(log_loss["logistic regression"] < log_loss["constant"]);
  CHECK(deployment.json({"predict", "evaluate", "--test-from", "2027-03-16"}).code == 2);
}

TEST_CASE("an import that fills the disk adds nothing, and works once there is room") {
  if (!test::SmallDisk::possible()) return;
  const test::SmallDisk disk("4m");
  const Deployment elsewhere;
  std::string text = "user,start\n";
  for (int i = 0; i < 400'000; ++i)
    text += "u" + std::to_string(i % 1000) + "," + std::to_string(1769849940 + i) + "\n";
  const auto file = write(elsewhere, "use.csv", text);
  const auto run = [&](std::vector<std::string> args) {
    args.insert(args.end(), {"--json", "--state-dir", disk.path() / "state"});
    return test::run_deskloom(args);
  };
  REQUIRE(run({"init"}).code == 0);
  CHECK(run({"event", "record", "connections", "ann", "event=connect"}).code == 0);
  CHECK(run({"event", "import", file, "--type", "sessions"}).code == 15);
  CHECK(run({"event", "list"}).json["events"].size() == 1);
  disk.grow("200m");
  CHECK(run({"event", "import", file, "--type", "sessions"}).json["added"] == 400'000);
}
