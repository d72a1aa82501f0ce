#include <algorithm>
#include <set>

#include "base/error.hpp"
#include "processes.hpp"
#include "support/catch.hpp"
#include "temp_store.hpp"

using namespace deskloom;
using S = domain::InstanceState;
using test::at;

TEST_CASE("the oldest ghost is handed out, with its user and the reason") {
  const test::TempStore temp;
  temp.add_warm("young", 20);
  temp.add_warm("old", 10);
  const auto taken = temp.store.instances.reserve_warm("office", "alice", "session assign", "op7", at(30));
  REQUIRE(taken);
  CHECK(taken->name == "old");
  CHECK(taken->user == "alice");
  CHECK(taken->state == S::stitching);
  CHECK(temp.store.instances.get("old").user == "alice");
  const auto last = temp.store.instances.history("old").back();
  CHECK(last.from == S::warm);
  CHECK(last.cause == "session assign");
  CHECK(last.operation == "op7");
}

TEST_CASE("a pool without ghosts gives none, and other pools' ghosts stay") {
  const test::TempStore temp;
  temp.add_warm("a");
  CHECK_FALSE(temp.store.instances.reserve_warm("lab", "alice", "test", std::nullopt, at(2)));
  CHECK(temp.store.instances.get("a").state == S::warm);
}

TEST_CASE("a user who holds an instance is given no second one") {
  const test::TempStore temp;
  temp.add_warm("a");
  temp.add_warm("b");
  temp.store.instances.reserve("a", "alice", "test", std::nullopt, at(2));
  CHECK(temp.store.instances.of_user("alice")->name == "a");
  CHECK_THROWS_AS(temp.store.instances.reserve_warm("office", "alice", "test", std::nullopt, at(3)),
                  base::Error);
  CHECK_THROWS_AS(temp.store.instances.reserve("b", "alice", "test", std::nullopt, at(3)), base::Error);
  CHECK(temp.store.instances.get("b").state == S::warm);
}

TEST_CASE("what is not warm is not handed out") {
  const test::TempStore temp;
  temp.add_warm("a");
  temp.store.instances.transition("a", S::warm, S::failed, "test", std::nullopt, at(2));
  CHECK_THROWS_WITH(temp.store.instances.reserve("a", "alice", "test", std::nullopt, at(3)),
                    "instance 'a' is failed and cannot be taken for user 'alice'");
}

TEST_CASE("a user whose instance is being reclaimed is free for another") {
  const test::TempStore temp;
  temp.add_warm("a");
  temp.add_warm("b");
  temp.store.instances.reserve("a", "alice", "test", std::nullopt, at(2));
  temp.store.instances.transition("a", S::stitching, S::reclaiming, "test", std::nullopt, at(3));
  CHECK_FALSE(temp.store.instances.of_user("alice"));
  CHECK(temp.store.instances.reserve_warm("office", "alice", "test", std::nullopt, at(4))->name == "b");
}

TEST_CASE("the database itself refuses a second instance of one user, and a persona of nobody") {
  const test::TempStore temp;
  temp.add_warm("a");
  temp.add_warm("b");
  temp.store.instances.reserve("a", "alice", "test", std::nullopt, at(2));
  const auto& db = temp.store.db();
  CHECK_THROWS_AS(db.execute("UPDATE instances SET state = 'connected', user = 'alice' WHERE name = 'b'"),
                  base::Error);
  CHECK_THROWS_AS(db.execute("UPDATE instances SET state = 'connected' WHERE name = 'b'"), base::Error);
}

TEST_CASE("eight processes take 160 ghosts for 160 users: no ghost goes twice, none stays") {
  constexpr int processes = 8;
  constexpr int each = 20;
  const test::TempDir dir;
  const auto file = dir / "state.db";
  {
    state::Store::init(file);
    const state::Store store(file, state::Store::Access::write);
    store.db().execute(
        "INSERT INTO pools (name) VALUES ('office');"
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 160) "
        "INSERT INTO instances (name, pool, host, image, state, user, vcpus, memory_bytes, snapshot, "
        "created_at, "
        "changed_at) SELECT 'ghost-' || i, 'office', 'local', 'tiny', 'warm', NULL, 1, 1, NULL, i, "
        "i FROM n");
  }
  const auto codes = test::run_processes(processes, [&](int process) {
    const state::Store store(file, state::Store::Access::write);
    for (int i = 0; i < each; ++i) {
      const std::string user = "user-" + std::to_string(process) + "-" + std::to_string(i);
      if (!store.instances.reserve_warm("office", user, "test", std::nullopt, at(200))) return 1;
    }
    return 0;
  });
  CHECK(codes == std::vector<int>(processes, 0));
  const state::Store store(file, state::Store::Access::read);
  std::set<std::string> users;
  for (const auto& instance : store.instances.list()) users.insert(instance.user.value_or(""));
  CHECK(users.size() == processes * each);
  CHECK(store.instances.list({.state = S::stitching}).size() == processes * each);
}

TEST_CASE("eight processes assign one user at once: exactly one instance is taken") {
  const test::TempStore temp;
  for (int i = 0; i < 8; ++i) temp.add_warm("ghost-" + std::to_string(i));
  const auto codes = test::run_processes(8, [&](int) {
    const state::Store store(temp.file, state::Store::Access::write);
    try {
      return store.instances.reserve_warm("office", "alice", "test", std::nullopt, at(2)) ? 0 : 1;
    } catch (const base::Error& e) {
      return e.kind() == base::ErrorKind::locked ? 11 : 2;
    }
  });
  CHECK(std::count(codes.begin(), codes.end(), 0) == 1);
  CHECK(std::count(codes.begin(), codes.end(), 11) == 7);
  CHECK(temp.store.instances.list({.user = "alice"}).size() == 1);
}
