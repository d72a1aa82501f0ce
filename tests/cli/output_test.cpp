#include <sys/stat.h>

#include "support/catch.hpp"
#include "support/deskloom.hpp"

using namespace deskloom;
using test::Deskloom;

namespace {

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("init makes both stores once, and a dry run none") {
  const Deskloom deskloom;
  CHECK(deskloom.run_json({"init", "--dry-run"})["state_store_created"] == true);
  CHECK_FALSE(std::filesystem::exists(deskloom.state_dir()));
  CHECK(deskloom.run_json({"init"})["snapshot_store_created"] == true);
  CHECK(deskloom.run_json({"init"})["state_store_created"] == false);
  CHECK(deskloom.run({"status"}).exit_code == 0);
}

TEST_CASE("every command that only reads prints JSON that fits its schema") {
  const Deskloom deskloom;
  deskloom.run({"init"});
  test::fill_state(deskloom.state_file());
  for (const std::vector<std::string>& args : std::vector<std::vector<std::string>>{
           {"status"},
           {"config", "check"},
           {"config", "show"},
           {"host", "list"},
           {"pool", "plan", "office"},
           {"pool", "status"},
           {"instance", "list", "--all"},
           {"instance", "show", "office-used"},
           {"session", "list"},
           {"snapshot", "list"},
           {"snapshot", "list", "alice"},
           {"snapshot", "verify"},
           {"state", "check"},
           {"state", "upgrade"},
           {"session", "assign", "bob", "--dry-run"},
           {"pool", "apply", "--dry-run"},
           {"instance", "destroy", "office-warm", "--dry-run"},
           {"instance", "exec", "office-warm", "--dry-run", "--json", "--", "/bin/true"},
           {"persona", "capture", "--connected", "--dry-run"},
           {"persona", "apply", "alice", "--instance", "office-warm", "--dry-run"}}) {
    deskloom.run_json(args);
  }
}

TEST_CASE("doctor prints JSON that fits its schema, whatever it finds") {
  const Deskloom deskloom;
  const auto result = deskloom.run({"doctor", "--json"});
  CHECK(test::schema_problems("doctor", result.out) == "");
}

TEST_CASE("status names what needs attention") {
  const Deskloom deskloom;
  test::fill_state(deskloom.state_file());
  const auto json = deskloom.run_json({"status"});
  CHECK(json["attention"][0]["object"] == "pool office");
  CHECK(json["attention"][1]["problem"] == "unreachable: no answer");
  CHECK(json["operations"][0]["owner_alive"] == false);
  CHECK(json["sessions"][0]["user"] == "alice");
  CHECK(json["sessions"][0]["age_ms"] >= 180'000);
  CHECK(json["pools"][0]["in_use"] == 1);
  const std::string text = deskloom.run({"status"}).out;
  CHECK(contains(text, "interrupted: the next pool apply resumes it"));
  CHECK(std::count(text.begin(), text.end(), '\n') <= 40);
}

TEST_CASE("lists can be narrowed") {
  const Deskloom deskloom;
  test::fill_state(deskloom.state_file());
  CHECK(deskloom.run_json({"instance", "list", "--state", "warm"})["instances"].size() == 1);
  CHECK(deskloom.run_json({"instance", "list", "--pool", "other"})["instances"].empty());
  CHECK(deskloom.run_json({"snapshot", "list", "bob"})["snapshots"].empty());
}

TEST_CASE("an instance shows how it came to be as it is") {
  const Deskloom deskloom;
  test::fill_state(deskloom.state_file());
  const auto history = deskloom.run_json({"instance", "show", "office-used"})["history"];
  REQUIRE(history.size() == 3);
  CHECK(history[0]["from"].is_null());
  CHECK(history[2]["to"] == "stitching");
}

TEST_CASE("a backup is a private, whole copy and never replaces a file") {
  const Deskloom deskloom;
  test::fill_state(deskloom.state_file());
  const std::string copy = (deskloom / "copy.sqlite").string();
  CHECK(deskloom.run_json({"state", "backup", copy})["size_bytes"] == std::filesystem::file_size(copy));
  struct stat status {};
  REQUIRE(stat(copy.c_str(), &status) == 0);
  CHECK((status.st_mode & 0777) == 0600);
  CHECK(deskloom.run({"state", "backup", copy}).exit_code == 2);
  std::filesystem::rename(copy, deskloom.state_file());
  CHECK(deskloom.run_json({"instance", "list"})["instances"].size() == 3);
}

TEST_CASE("--store and --state-dir win over the environment") {
  const Deskloom deskloom;
  const std::string store = (deskloom / "elsewhere").string();
  CHECK(deskloom.run_json({"config", "show", "--store", store})["snapshot_store"] == store);
  const std::string state = (deskloom / "other").string();
  CHECK(deskloom.run_json({"config", "show", "--state-dir", state})["state_dir"] == state);
}
