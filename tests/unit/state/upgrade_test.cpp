#include <algorithm>

#include "base/error.hpp"
#include "processes.hpp"
#include "state/migrations.hpp"
#include "support/catch.hpp"
#include "temp_store.hpp"

using namespace deskloom;
using state::Store;

namespace {

// A store as the program of that version left it, with data of every kind that it knew.
void make_store_of_version(const std::filesystem::path& file, int version) {
  const base::Database db(file, base::Database::Mode::create);
  db.execute("PRAGMA application_id = " + std::to_string(state::application_id));
  state::migrate(db, 0, version);
  db.execute("PRAGMA journal_mode = WAL");
  db.execute(
      "INSERT INTO users (name, first_seen) VALUES ('alice', 1), ('bob', 2);"
      "INSERT INTO pools (name) VALUES ('office');"
      "INSERT INTO instances (name, pool, host, image, state, user, vcpus, memory_bytes, snapshot, "
      "created_at, changed_at) VALUES ('a', 'office', 'local', 'tiny', 'provisioning', NULL, 1, 1, NULL, 1, "
      "1);"
      "INSERT INTO instance_transitions VALUES (1, 'a', NULL, 'provisioning', 'test', NULL, 1);"
      "INSERT INTO snapshots VALUES ('s1', 'alice', 'a', 'local', 1, '[\"tree\"]', 1, 1, 1, 1, 1, 0),"
      "  ('s2', 'alice', 'a', 'local', 2, '[]', 1, 1, 1, 1, 1, 0),"
      "  ('s3', 'bob', 'a', 'local', 3, '[]', 1, 1, 1, 1, 1, 0);");
}

void check_content(const std::filesystem::path& file) {
  const Store store(file, Store::Access::write);
  CHECK(store.check().empty());
  CHECK(store.snapshots.count() == 3);
  CHECK(store.snapshots.latest("alice")->id == "s2");
  CHECK(store.instances.get("a").pool == "office");
  CHECK(store.pools.find("office"));
}

}  // namespace

TEST_CASE("a store of every older version is upgraded with its data, after a copy") {
  for (int version = 1; version < Store::known_version(); ++version) {
    const test::TempDir dir;
    const auto file = dir / "state.db";
    make_store_of_version(file, version);
    try {
      const Store store(file, Store::Access::read);
      FAIL("opened version " << version);
    } catch (const base::Error& e) {
      CHECK(e.kind() == base::ErrorKind::usage);
      CHECK(e.hint() == "run 'deskloom state upgrade'");
    }
    const auto copy = Store::upgrade(file);
    CHECK(copy == dir / ("state.db.v" + std::to_string(version) + ".backup"));
    CHECK(Store::version_of(copy) == version);
    CHECK(Store::version_of(file) == Store::known_version());
    check_content(file);
    CHECK(Store::upgrade(copy) != std::filesystem::path());
    check_content(copy);
  }
}

TEST_CASE("an upgrade of a store that is up to date does nothing") {
  const test::TempStore temp;
  CHECK(Store::upgrade(temp.file).empty());
}

TEST_CASE("the copies of two upgrades do not replace each other") {
  const test::TempDir dir;
  make_store_of_version(dir / "state.db", 1);
  const auto first = Store::upgrade(dir / "state.db");
  std::filesystem::remove(dir / "state.db");
  make_store_of_version(dir / "state.db", 1);
  const auto second = Store::upgrade(dir / "state.db");
  CHECK(first != second);
  CHECK(std::filesystem::exists(first));
}

TEST_CASE("of many upgrades at once one migrates and the others find it done") {
  const test::TempDir dir;
  make_store_of_version(dir / "state.db", 1);
  const auto codes =
      test::run_processes(6, [&](int) { return Store::upgrade(dir / "state.db").empty() ? 0 : 1; });
  CHECK(std::count(codes.begin(), codes.end(), 1) == 1);
  CHECK(std::count(codes.begin(), codes.end(), 0) == 5);
  check_content(dir / "state.db");
}

TEST_CASE("an upgrade that fails leaves the store as it was") {
  const test::TempDir dir;
  const auto file = dir / "state.db";
  make_store_of_version(file, 1);
  base::Database(file, base::Database::Mode::read_write).execute("CREATE TABLE snapshot_counts(in_the_way)");
  CHECK_THROWS_AS(Store::upgrade(file), base::Error);
  CHECK(Store::version_of(file) == 1);
}

TEST_CASE("the migrations are numbered without gaps") {
  int number = 0;
  for (const auto& migration : state::migrations()) {
    ++number;
    CHECK(std::stoi(std::string(migration.name.substr(0, 4))) == number);
    CHECK_THAT(std::string(migration.sql), test::Contains("CREATE ") || test::Contains("ALTER TABLE "));
  }
}
