#include <fstream>

#include "support/catch.hpp"
#include "support/deskloom.hpp"

using namespace deskloom;
using test::Deployment;

namespace {

test::Outcome check_policy(const std::string& toml) {
  const test::TempDir dir;
  std::ofstream(dir / "deskloom.toml") << toml;
  return test::run_deskloom(
      {"--config", dir / "deskloom.toml", "--state-dir", dir / "state", "--json", "config", "check"});
}

}  // namespace

TEST_CASE("an unknown key in a policy names file, line and the nearest key") {
  const auto said = check_policy("[pool.office]\nimage = \"tiny\"\nflor = 3\n");
  CHECK(said.code == 2);
  CHECK_THAT(said.json["error"]["message"].get<std::string>(), test::Contains("deskloom.toml:3") &&
                                                                   test::Contains("'flor'") &&
                                                                   test::Contains("did you mean 'floor'?"));
}

TEST_CASE("a value of the wrong type in a policy names file, line and what it must be") {
  const auto said = check_policy("[pool.office]\nfloor = \"three\"\n");
  CHECK(said.code == 2);
  CHECK_THAT(said.json["error"]["message"].get<std::string>(),
             test::Contains("deskloom.toml:2") && test::Contains("floor"));
}

TEST_CASE("a policy that is no TOML names file and line") {
  const auto said = check_policy("lock_timeout = 3\n[pool.office\n");
  CHECK(said.code == 2);
  CHECK_THAT(said.json["error"]["message"].get<std::string>(), test::Contains("deskloom.toml:2"));
}

TEST_CASE("a policy file that is named must exist") {
  const auto said = test::run_deskloom({"--config", "/nonexistent/deskloom.toml", "config", "check"});
  CHECK(said.code != 0);
  CHECK_THAT(said.err, test::Contains("/nonexistent/deskloom.toml"));
}

TEST_CASE("a bad policy ends every command before it does anything") {
  const test::TempDir dir;
  std::ofstream(dir / "deskloom.toml") << "lock_timout = 3\n";
  const auto said =
      test::run_deskloom({"init", "--config", dir / "deskloom.toml", "--state-dir", dir / "state"});
  CHECK(said.code == 2);
  CHECK_FALSE(std::filesystem::exists(dir / "state"));
}

TEST_CASE("config check counts what the policy names") {
  const auto said = check_policy(
      "[pool.a]\nimage = \"tiny\"\n[pool.b]\nimage = \"tiny\"\n"
      "[host.near]\nuri = \"embedded\"\n[application.editor]\nexecutable = \"*/editor\"\n");
  CHECK(said.code == 0);
  CHECK(said.json["pools"] == 2);
  CHECK(said.json["hosts"] == 1);
  CHECK(said.json["files"].size() == 1);
}

TEST_CASE("config show prints what is in effect, options included") {
  const Deployment deployment("[pool.office]\nfloor = 3\n");
  const auto said = deployment.json({"config", "show", "--lock-timeout", "7"});
  CHECK(said.code == 0);
  CHECK(said.json["pool"]["office"]["floor"] == 3);
  CHECK(said.json["lock_timeout"] == 7);
  CHECK(said.json["state_dir"] == deployment.state_dir().string());
  CHECK_THAT(deployment.run({"config", "show"}).out, test::Contains("pool.office.floor = 3"));
}
