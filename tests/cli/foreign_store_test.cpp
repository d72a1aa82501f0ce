#include "captures.hpp"
#include "support/catch.hpp"
#include "unit/snapshot/snapshot_builders.hpp"

using namespace deskloom;
using test::Deployment;

namespace {

// A store that no state store knows of, as on a disk that is carried elsewhere, and a home to capture.
struct Carried {
  Carried() {
    test::write_file(home / "notes.txt", "one");
    test::write_file(home / "large", test::noise(200'000));
    REQUIRE(run({"init"}).code == 0);
  }
  // Nothing is where the state store would be.
  test::Outcome run(std::vector<std::string> args) const {
    args.insert(args.end(), {"--json", "--state-dir", dir / "nowhere", "--store", store.string()});
    return test::run_deskloom(args);
  }
  base::Json create() const { return run({"snapshot", "create", "--user", "alice", "--tree", home}).json; }

  test::TempDir dir;
  std::filesystem::path store = dir / "carried";
  std::filesystem::path home = dir / "home";
};

}  // namespace

TEST_CASE("another store is made, written and read without a state store") {
  const Carried carried;
  const auto first = carried.create();
  CHECK(first["bytes_read"] == 200'003);
  test::write_file(carried.home / "notes.txt", "one two");
  const auto second = carried.create();
  CHECK(second["bytes_added"] < 10'000);

  const auto listed = carried.run({"snapshot", "list", "alice"}).json["snapshots"];
  REQUIRE(listed.size() == 2);
  CHECK(listed[0]["id"] == second["snapshot"]);
  CHECK(listed[0]["added_bytes"].is_null());
  CHECK(carried.run({"snapshot", "show", "latest"}).json["user"] == "alice");
  const auto diff = carried.run({"snapshot", "diff", first["snapshot"], "latest"}).json;
  CHECK(diff["files_changed"] == 1);
  const auto back = carried.dir / "back";
  CHECK(carried.run({"snapshot", "restore", "latest", "--to", back}).code == 0);
  CHECK(test::read_text(back / "notes.txt") == "one two");
  CHECK(carried.run({"snapshot", "verify", "--full"}).code == 0);
  CHECK_FALSE(std::filesystem::exists(carried.dir / "nowhere"));
}

TEST_CASE("what was captured last is the latest, also when the clock was set back before") {
  const Carried carried;
  const auto tomorrow = std::chrono::system_clock::now() + std::chrono::hours(24);
  base::NoProgress progress;
  const auto store = snapshot::Store::open(carried.store);
  const auto ahead = store->begin(progress)->commit({{"user", "alice"}}, tomorrow);
  const auto last = carried.create();
  const auto listed = carried.run({"snapshot", "list", "alice"}).json["snapshots"];
  REQUIRE(listed.size() == 2);
  CHECK(listed[0]["id"] == last["snapshot"]);
  CHECK(carried.run({"snapshot", "show", "latest"}).json["snapshot"] == last["snapshot"]);
}

TEST_CASE("another store is pruned and collected by the same rules") {
  const Carried carried;
  carried.create();
  test::write_file(carried.home / "notes.txt", "one two");
  carried.create();
  const auto pruned = carried.run({"snapshot", "prune", "--keep-last", "1", "--keep-hourly", "0",
                                   "--keep-daily", "0", "--keep-weekly", "0"});
  CHECK(pruned.json["removed"] == 1);
  CHECK(carried.run({"snapshot", "list"}).json["snapshots"].size() == 1);
  CHECK(carried.run({"snapshot", "gc"}).code == 0);
}

TEST_CASE("a state store learns nothing of another store's snapshots, and finds none of its own there") {
  const Deployment deployment;
  test::FakeTree tree;
  tree.file("notes.txt", "notes");
  const auto own = put_capture(deployment, test::profile_of("alice"), tree);
  const auto store = deployment.directory() / "carried";
  const auto elsewhere = [&](std::vector<std::string> args) {
    args.insert(args.end(), {"--store", store});
    return deployment.json(args);
  };
  REQUIRE(elsewhere({"init"}).json["state_store"].is_null());
  test::write_file(deployment.directory() / "home" / "a", "a");
  REQUIRE(
      elsewhere({"snapshot", "create", "--user", "bob", "--tree", deployment.directory() / "home"}).code ==
      0);
  CHECK(elsewhere({"snapshot", "show", own.id}).code == 17);
  CHECK(elsewhere({"persona", "show", "alice"}).code == 17);
  CHECK(deployment.json({"snapshot", "list"}).json["snapshots"].size() == 1);
  CHECK(deployment.json({"snapshot", "list", "--store", deployment.snapshot_store()})
            .json["snapshots"][0]["elapsed_ms"]
            .is_number());
}

TEST_CASE("a persona is not put on an instance from another store") {
  const Deployment deployment;
  test::FakeTree tree;
  put_capture(deployment, test::profile_of("alice"), tree);
  test::add_instance(deployment.state(), "default-1", domain::InstanceState::warm);
  const auto store = deployment.directory() / "carried";
  snapshot::Store::init(store);
  for (const auto& args : {std::vector<std::string>{"session", "assign", "alice"},
                           {"persona", "apply", "alice", "--instance", "default-1"},
                           {"persona", "apply", "alice", "--instance", "default-1", "--dry-run"}}) {
    auto all = args;
    all.insert(all.end(), {"--store", store});
    const auto said = deployment.json(all);
    CHECK(said.code == 2);
    CHECK_THAT(said.json["error"]["message"].get<std::string>(), test::Contains(store.string()));
  }
}
