#include <fstream>

#include "base/error.hpp"
#include "support/catch.hpp"
#include "temp_store.hpp"

using namespace deskloom;
using test::at;

namespace {

// What check says after sql was run behind the store's back, with foreign keys off.
std::vector<state::CheckProblem> problems_after(const std::string& sql) {
  const test::TempStore temp;
  temp.add_warm("a");
  temp.add_warm("b");
  temp.store.instances.reserve("a", "alice", "test", std::nullopt, at(2));
  REQUIRE(temp.store.check().empty());
  temp.store.db().execute("PRAGMA foreign_keys = OFF;" + sql);
  return temp.store.check();
}

}  // namespace

TEST_CASE("a state that the history does not explain is found") {
  const auto problems = problems_after("UPDATE instances SET state = 'connected' WHERE name = 'a'");
  REQUIRE(problems.size() == 1);
  CHECK(problems[0].object == "instance a");
  CHECK(problems[0].problem == "it is 'connected', but its history ends with 'stitching'");
  CHECK_FALSE(problems[0].fix.empty());
}

TEST_CASE("an illegal step, and one that does not follow the one before, are found") {
  CHECK(problems_after("UPDATE instances SET state = 'warm', user = NULL WHERE name = 'a';"
                       "INSERT INTO instance_transitions VALUES (99, 'a', 'stitching', 'warm', 'x', NULL, 9)")
            .size() == 1);
  CHECK(
      problems_after("DELETE FROM instance_transitions WHERE instance = 'a' AND to_state = 'warm'").size() ==
      1);
  CHECK(problems_after("DELETE FROM instance_transitions WHERE instance = 'a'").size() == 2);
}

TEST_CASE("a state that no program knows is found") {
  CHECK(
      problems_after("UPDATE instances SET state = 'frozen' WHERE name = 'b';"
                     "UPDATE instance_transitions SET to_state = 'frozen' WHERE instance = 'b' AND to_state "
                     "= 'warm'")
          .size() == 1);
}

TEST_CASE("two instances of one user are found when the index was dropped") {
  const auto problems = problems_after(
      "DROP INDEX instances_one_per_user;"
      "UPDATE instances SET state = 'stitching', user = 'alice' WHERE name = 'b';"
      "INSERT INTO instance_transitions VALUES (99, 'b', 'warm', 'stitching', 'x', NULL, 9)");
  REQUIRE(problems.size() == 1);
  CHECK(problems[0].object == "user alice");
}

TEST_CASE("an operation that runs for nothing, a lost reference and a wrong count are found") {
  CHECK(problems_after("INSERT INTO operations VALUES ('op', 'stitch', 'gone', NULL, '{}', 'running', 1, 1, "
                       "'b', NULL, 1, 1)")
            .at(0)
            .object == "operation op");
  CHECK(problems_after("UPDATE instances SET pool = 'gone' WHERE name = 'a'").at(0).object ==
        "table instances");
  CHECK(problems_after("INSERT INTO snapshot_counts VALUES ('alice', 7)").at(0).problem ==
        "has 0 snapshots, but 7 are counted");
}

TEST_CASE("damaged pages are found, those of the schema too") {
  // The cells of the schema on page 1, and the header of the b-tree on page 2.
  const std::streamoff place = GENERATE(108, 4096);
  const test::TempDir dir;
  const auto file = dir / "state.db";
  state::Store::init(file);
  {
    std::fstream damaged(file, std::ios::in | std::ios::out | std::ios::binary);
    damaged.seekp(place);
    damaged << std::string(3900, '\x55');
  }
  const state::Store store(file, state::Store::Access::read);
  const auto problems = store.check();
  REQUIRE_FALSE(problems.empty());
  CHECK(problems[0].object == "file");
  CHECK_FALSE(problems[0].fix.empty());
}
