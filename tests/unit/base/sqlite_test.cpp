#include "base/sqlite.hpp"

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <fstream>
#include <thread>
#include <vector>

#include "base/error.hpp"
#include "base/fd.hpp"
#include "support/catch.hpp"
#include "support/temp_dir.hpp"

using namespace deskloom::base;

TEST_CASE("a transaction that is not committed leaves nothing") {
  const deskloom::test::TempDir dir;
  const Database db(dir / "x.db", Database::Mode::create);
  db.execute("CREATE TABLE t(a)");
  {
    const Transaction transaction(db);
    db.execute("INSERT INTO t VALUES (1)");
  }
  auto count = db.prepare("SELECT count(*) FROM t");
  REQUIRE(count.step());
  CHECK(count.integer(0) == 0);
}

TEST_CASE("a file that is no database is named corrupt") {
  const deskloom::test::TempDir dir;
  std::ofstream(dir / "x.db") << std::string(5000, 'z');
  try {
    Database(dir / "x.db", Database::Mode::read_write).execute("SELECT * FROM sqlite_schema");
    FAIL("opened");
  } catch (const Error& e) {
    CHECK(e.kind() == ErrorKind::corrupt);
    CHECK_THAT(e.what(), deskloom::test::Contains("x.db"));
  }
}

TEST_CASE("a copy of a database is private and never replaces a file") {
  const deskloom::test::TempDir dir;
  const Database db(dir / "x?#%.db", Database::Mode::create);
  db.execute("CREATE TABLE t(a); INSERT INTO t VALUES (7)");
  db.backup_to(dir / "copy?#%.db");
  CHECK(std::filesystem::status(dir / "copy?#%.db").permissions() == std::filesystem::perms(0600));
  CHECK_THROWS_AS(db.backup_to(dir / "copy?#%.db"), Error);

  const Database copy(dir / "copy?#%.db", Database::Mode::immutable);
  auto row = copy.prepare("SELECT a FROM t");
  REQUIRE(row.step());
  CHECK(row.integer(0) == 7);
  CHECK_THROWS_AS(copy.execute("INSERT INTO t VALUES (8)"), Error);
}

TEST_CASE("a file is replaced whole or not at all") {
  const deskloom::test::TempDir dir;
  write_file_durably(dir / "f", "old");
  write_file_durably(dir / "f", "new");
  CHECK(read_file(dir / "f", 100) == "new");
  CHECK_THROWS_AS(write_file_durably(dir / "missing" / "f", "x"), Error);
  CHECK_THROWS_AS(read_file(dir / "f", 2), Error);
}

TEST_CASE("the log of a database that somebody always reads stays short") {
  const deskloom::test::TempDir dir;
  const Database db(dir / "x.db", Database::Mode::create);
  db.execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF; CREATE TABLE t(a)");
  std::atomic<bool> ends = false;
  std::vector<std::jthread> readers;
  for (int i = 0; i < 6; ++i) {
    readers.emplace_back([&] {
      const Database reader(dir / "x.db", Database::Mode::read_only);
      while (!ends) {
        reader.execute("BEGIN; SELECT count(*) FROM t");
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
        reader.execute("COMMIT");
      }
    });
  }
  auto insert = db.prepare("INSERT INTO t VALUES (zeroblob(20000))");
  std::uintmax_t longest = 0;
  for (int i = 0; i < 4'000; ++i) {
    insert.run();
    longest = std::max(longest, std::filesystem::file_size(dir / "x.db-wal"));
    std::this_thread::sleep_for(std::chrono::microseconds(500));
  }
  ends = true;
  CHECK(longest < 75U << 20);  // without a bound it is 116 MB
}
