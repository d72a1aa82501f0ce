#include <grp.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>

#include "base/error.hpp"
#include "processes.hpp"
#include "support/catch.hpp"
#include "temp_store.hpp"

using namespace deskloom;
using state::Store;

namespace {

base::Error refusal(const std::filesystem::path& file, Store::Access access = Store::Access::write) {
  try {
    const Store store(file, access);
  } catch (const base::Error& e) {
    return e;
  }
  FAIL("opened");
  return {base::ErrorKind::failed, ""};
}

void become_nobody() {
  if (::geteuid() != 0) return;
  if (::setgroups(0, nullptr) != 0 || ::setgid(65534) != 0 || ::setuid(65534) != 0) ::_exit(98);
}

}  // namespace

TEST_CASE("init makes a private store once") {
  const test::TempDir dir;
  const auto file = dir / "deep" / "state.db";
  CHECK(Store::init(file));
  CHECK_FALSE(Store::init(file));
  CHECK(std::distance(std::filesystem::directory_iterator(file.parent_path()), {}) == 1);
  CHECK(std::filesystem::status(file).permissions() == std::filesystem::perms(0600));
  CHECK(std::filesystem::status(file.parent_path()).permissions() == std::filesystem::perms(0700));
  CHECK(Store::version_of(file) == Store::known_version());
}

TEST_CASE("of many that create a store at once one succeeds, and all can use it") {
  const test::TempDir dir;
  const auto codes = test::run_processes(6, [&](int process) {
    const bool created = Store::init(dir / "state.db");
    const Store store(dir / "state.db", Store::Access::write);
    store.users.ensure("user-" + std::to_string(process), test::at(1));
    return created ? 1 : 0;
  });
  CHECK(std::count(codes.begin(), codes.end(), 1) == 1);
  CHECK(std::count(codes.begin(), codes.end(), 0) == 5);
  CHECK(Store(dir / "state.db", Store::Access::read).users.list().size() == 6);
}

TEST_CASE("a missing store is named with what makes one") {
  const auto error = refusal("/nonexistent/state.db", Store::Access::read);
  CHECK(error.kind() == base::ErrorKind::no_store);
  CHECK(std::string(error.what()) == "there is no state store at /nonexistent/state.db");
  CHECK(error.hint() == "create it with 'deskloom init'");
}

TEST_CASE("what is no state store is refused: garbage, an empty file, another program's database") {
  const test::TempDir dir;
  std::ofstream(dir / "garbage") << std::string(9000, 'z');
  std::ofstream(dir / "empty") << "";
  base::Database(dir / "other", base::Database::Mode::create).execute("CREATE TABLE t(a)");
  for (const std::string name : {"garbage", "empty", "other"}) {
    INFO(name);
    CHECK(refusal(dir / name).kind() == base::ErrorKind::corrupt);
    CHECK_THAT(refusal(dir / name).what(), test::Contains(name));
  }
}

TEST_CASE("a store of a newer program is refused with both versions and left alone") {
  const test::TempStore temp;
  temp.store.db().execute("PRAGMA user_version = 99");
  const auto error = refusal(temp.file);
  CHECK(error.kind() == base::ErrorKind::store_newer);
  CHECK(std::string(error.what()) == temp.file.string() +
                                         " has schema version 99, but this program knows versions up to " +
                                         std::to_string(Store::known_version()));
  CHECK_THROWS_AS(Store::upgrade(temp.file), base::Error);
  CHECK_THROWS_AS(Store::version_of(temp.file), base::Error);
}

TEST_CASE("a store open for reading cannot be changed and does not wait for a writer") {
  const test::TempStore temp;
  const auto writing = temp.store.transaction();
  temp.store.users.ensure("alice", test::at(1));
  const Store reader(temp.file, Store::Access::read);
  CHECK(reader.users.list().empty());
  CHECK_THROWS_AS(reader.users.ensure("bob", test::at(1)), base::Error);
}

TEST_CASE("a store in a directory that may not be written is read all the same") {
  const test::TempDir dir;
  const auto file = dir / "state.db";
  Store::init(file);
  Store(file, Store::Access::write).users.ensure("alice", test::at(1));
  REQUIRE_FALSE(std::filesystem::exists(dir / "state.db-wal"));
  std::filesystem::permissions(file, std::filesystem::perms(0444));
  std::filesystem::permissions(dir.path(), std::filesystem::perms(0555));
  const int users = test::exit_code_of(test::start_process([&] {
    become_nobody();
    return static_cast<int>(Store(file, Store::Access::read).users.list().size());
  }));
  CHECK(users == 1);
  std::filesystem::permissions(dir.path(), std::filesystem::perms(0700));
}

TEST_CASE("a copy made while another process writes is consistent") {
  const test::TempStore temp;
  temp.add_warm("first");
  const pid_t writer = test::start_process([&] {
    const Store store(temp.file, Store::Access::write);
    for (int i = 0; i < 150; ++i) {
      domain::Instance instance;
      instance.name = "i" + std::to_string(i);
      instance.pool = "office";
      store.instances.create(instance, "test", std::nullopt);
    }
    return 0;
  });
  for (int copy = 0; copy < 5; ++copy) {
    const auto target = temp.dir / ("copy" + std::to_string(copy));
    temp.store.backup_to(target);
    const Store copied(target, Store::Access::read);
    CHECK(copied.check().empty());
    CHECK(copied.instances.find("first"));
  }
  CHECK(test::exit_code_of(writer) == 0);
}
