#include <fstream>

#include "base/sqlite.hpp"
#include "commands.hpp"
#include "frame/describe.hpp"
#include "state/migrations.hpp"
#include "support/catch.hpp"
#include "support/deskloom.hpp"
#include "unit/snapshot/snapshot_builders.hpp"

using namespace deskloom;
using test::add_instance;
using test::Deployment;

namespace {

void set_version(const Deployment& deployment, int version) {
  const base::Database db(deployment.state_file(), base::Database::Mode::read_write);
  db.execute("PRAGMA user_version = " + std::to_string(version));
}

void replace_with_version_1(const Deployment& deployment) {
  std::filesystem::remove(deployment.state_file());
  const base::Database db(deployment.state_file(), base::Database::Mode::create);
  db.execute("PRAGMA application_id = " + std::to_string(state::application_id));
  state::migrate(db, 0, 1);
}

// The command with something for all that it requires.
std::vector<std::string> minimal_call(const frame::Command& command) {
  std::vector<std::string> args{std::string(command.noun)};
  if (!command.verb.empty()) args.emplace_back(command.verb);
  const auto doc = frame::describe(command);
  for (const auto& option : doc.options) {
    if (option.required) args.insert(args.end(), {option.names.back(), "x"});
  }
  for (const auto& argument : doc.arguments) {
    if (argument.required) args.emplace_back("x");
  }
  return args;
}

// Every command that opens the state store.
void check_every_state_command(const Deployment& deployment, int code) {
  using frame::Needs;
  for (const auto& command : cmd::commands()) {
    if (command.needs != Needs::state_read && command.needs != Needs::state_write) continue;
    CAPTURE(command.path());
    CHECK(deployment.json(minimal_call(command)).code == code);
  }
}

}  // namespace

TEST_CASE("init makes both stores once, for their owner alone") {
  const Deployment deployment;
  using std::filesystem::perms;
  const auto others =
      std::filesystem::status(deployment.state_file()).permissions() & (perms::group_all | perms::others_all);
  CHECK(others == perms::none);
  const auto before = fingerprint(deployment);
  const auto again = deployment.json({"init"});
  CHECK(again.code == 0);
  CHECK(again.json["state_store_created"] == false);
  CHECK(again.json["snapshot_store_created"] == false);
  CHECK(fingerprint(deployment) == before);
}

TEST_CASE("a missing store says how to make one") {
  const Deployment deployment;
  std::filesystem::remove_all(deployment.state_dir());
  check_every_state_command(deployment, 10);
  for (const auto& args :
       {std::vector<std::string>{"status"}, {"snapshot", "verify"}, {"state", "upgrade"}}) {
    CAPTURE(args.back());
    const auto said = deployment.json(args);
    CHECK(said.code == 10);
    CHECK_THAT(said.json["error"]["hint"].get<std::string>(), test::Contains("deskloom init"));
  }
  CHECK_FALSE(std::filesystem::exists(deployment.state_dir()));
}

TEST_CASE("a state store of a newer program is left alone") {
  const Deployment deployment;
  set_version(deployment, state::Store::known_version() + 1);
  const auto before = fingerprint(deployment);
  check_every_state_command(deployment, 13);
  CHECK(deployment.json({"state", "upgrade"}).code == 13);
  CHECK(fingerprint(deployment) == before);
}

TEST_CASE("a snapshot store of a newer program is left alone") {
  const Deployment deployment;
  test::write_file(deployment.snapshot_store() / "format", "deskloom-snapshot-store 6\n");
  const auto said = deployment.json({"snapshot", "verify"});
  CHECK(said.code == 13);
  CHECK_THAT(said.json["error"]["message"].get<std::string>(), test::Contains("format 6"));
}

TEST_CASE("a file that is no state store is corrupt, and stays as it is") {
  const Deployment deployment;
  const std::string text(8192, 'x');
  test::write_file(deployment.state_file(), text);
  check_every_state_command(deployment, 14);
  CHECK(test::read_text(deployment.state_file()) == text);
}

TEST_CASE("state check finds a damaged page") {
  const Deployment deployment;
  add_instance(deployment.state(), "default-1", domain::InstanceState::warm);
  std::fstream file(deployment.state_file(), std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(3 * 4096);
  file << std::string(512, '\xff');
  file.close();
  CHECK(deployment.json({"state", "check"}).code == 14);
}

TEST_CASE("state check finds nothing in a store that is in use") {
  const Deployment deployment;
  const auto store = deployment.state();
  add_instance(store, "default-1", domain::InstanceState::connected, "alice");
  const auto said = deployment.json({"state", "check"});
  CHECK(said.code == 0);
  CHECK(said.json["problems"].empty());
}

TEST_CASE("an older state store must be upgraded, and is, with a copy of the old") {
  const Deployment deployment;
  replace_with_version_1(deployment);
  const auto refused = deployment.json({"status"});
  CHECK(refused.code == 2);
  CHECK_THAT(refused.json["error"]["hint"].get<std::string>(), test::Contains("deskloom state upgrade"));

  const auto before = fingerprint(deployment);
  const auto dry = deployment.json({"state", "upgrade", "--dry-run"});
  CHECK(dry.code == 0);
  CHECK(dry.json["from_version"] == 1);
  CHECK(dry.json["backup"].is_null());
  CHECK(fingerprint(deployment) == before);

  const auto done = deployment.json({"state", "upgrade"});
  CHECK(done.code == 0);
  CHECK(done.json["to_version"] == state::Store::known_version());
  CHECK(state::Store::version_of(done.json["backup"].get<std::string>()) == 1);
  CHECK(deployment.json({"status"}).code == 0);
  CHECK(deployment.json({"state", "upgrade"}).json["backup"].is_null());
}

TEST_CASE("state backup makes a whole copy of a store in use and replaces nothing") {
  const Deployment deployment;
  const auto store = deployment.state();
  add_instance(store, "default-1", domain::InstanceState::connected, "alice");
  const auto copy = deployment.directory() / "copy.sqlite";
  CHECK(deployment.json({"state", "backup", copy}).code == 0);
  CHECK((std::filesystem::status(copy).permissions() & std::filesystem::perms(077)) ==
        std::filesystem::perms::none);
  const state::Store opened(copy, state::Store::Access::read);
  CHECK(opened.instances.get("default-1").user == "alice");
  CHECK(opened.check().empty());

  const auto again = deployment.json({"state", "backup", copy});
  CHECK(again.code == 2);
  CHECK_THAT(again.json["error"]["message"].get<std::string>(), test::Contains(copy.string()));
}

TEST_CASE("options that name the stores win over the environment, which wins over the policy") {
  const Deployment ours, theirs;
  add_instance(theirs.state(), "default-1", domain::InstanceState::warm);
  base::ProcessOptions options;
  options.environment = {"DESKLOOM_CONFIG=" + ours.policy_file().string(),
                         "DESKLOOM_STATE_DIR=" + theirs.state_dir().string()};
  const auto by_environment = test::run_deskloom({"instance", "list", "--json"}, options);
  CHECK(by_environment.json["instances"].size() == 1);
  const auto by_option =
      test::run_deskloom({"instance", "list", "--json", "--state-dir", ours.state_dir()}, options);
  CHECK(by_option.json["instances"].empty());
  options.environment.push_back("DESKLOOM_STORE=/nowhere");
  CHECK(test::run_deskloom({"snapshot", "verify", "--json"}, options).code == 10);
  const auto verified =
      test::run_deskloom({"snapshot", "verify", "--json", "--store", theirs.snapshot_store()}, options);
  CHECK(verified.code == 0);
}
