// The record of use (SPEC D1).
#include "history/recorder.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include "base/error.hpp"
#include "base/fd.hpp"
#include "history/listing.hpp"
#include "support/catch.hpp"
#include "temp_history.hpp"

using namespace deskloom;
using namespace deskloom::history;
using namespace deskloom::test;

namespace {

void one_of_each(Recorder& recorder) {
  recorder.take(domain::Connection{"ann", at(10), true});
  recorder.take(domain::Connection{"ann", at(10), false});
  recorder.take(domain::Launch{"ann", at(11), "gimp", 60});
  recorder.take(domain::FileUse{"ann", at(12), "odt", 3});
  recorder.take(domain::Visit{"bob", at(13), "token"});
  domain::Sample sample{"bob", at(14)};
  sample[domain::Metric::memory] = 1e9;
  recorder.take(sample);
}

}  // namespace

TEST_CASE("what is recorded is listed, newest first") {
  TempHistory temp;
  CHECK(temp.add(one_of_each).added == 6);
  const auto events = newest_events(temp.store, std::nullopt, 10);
  REQUIRE(events.size() == 6);
  CHECK(events[0].type == "sample");
  CHECK(events[0].at == at(14));
  CHECK(events[1].object == "token");
  CHECK(events[2].value == 3);
  CHECK(events[3].object == "gimp");
  CHECK(newest_events(temp.store, "bob", 10).size() == 2);
  CHECK(newest_events(temp.store, std::nullopt, 2).size() == 2);
  CHECK_THROWS_AS(newest_events(temp.store, "carol", 2), base::Error);
}

TEST_CASE("the same again adds nothing, in any order") {
  TempHistory temp;
  temp.add(one_of_each);
  const auto again = temp.add(one_of_each);
  CHECK(again.added == 0);
  CHECK(again.known == 6);
  CHECK(temp.add_cpu("ann", {{30, 1}, {10, 1}, {20, 1}}).added == 3);
  CHECK(temp.add_cpu("ann", {{10, 2}, {20, 2}, {30, 2}, {40, 2}}).added == 1);
}

TEST_CASE("what is not committed leaves nothing, killed at any moment") {
  TempHistory temp;
  {
    Recorder recorder(temp.store);
    one_of_each(recorder);
  }
  CHECK(temp.count("connections") == 0);
  const pid_t child = ::fork();
  if (child == 0) {
    Store store(temp.dir / "history.sqlite", Store::Access::write);
    Recorder recorder(store);
    for (int i = 0; i < 200'000; ++i) recorder.take(domain::Connection{"ann", at(i), true});
    ::_exit(0);  // many batches are inserted, none committed
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  CHECK(temp.count("connections") == 0);
  CHECK(temp.add(one_of_each).added == 6);
}

TEST_CASE("readers see what was committed while an import is under way") {
  TempHistory temp;
  temp.add(one_of_each);
  Recorder recorder(temp.store);
  for (int i = 0; i < 200'000; ++i) recorder.take(domain::Connection{"ann", at(100 + i), true});
  const Store reader(temp.dir / "history.sqlite", Store::Access::read);
  CHECK(newest_events(reader, std::nullopt, 10).size() == 6);
}

TEST_CASE("what is no record of use, or of a newer program, is refused") {
  const TempDir dir;
  CHECK_THROWS_AS(Store(dir / "history.sqlite", Store::Access::read), base::Error);
  CHECK_THROWS_AS(Store(dir / "history.sqlite", Store::Access::write), base::Error);
  base::Database(dir / "other.sqlite", base::Database::Mode::create).execute("CREATE TABLE t (x)");
  CHECK_THROWS_AS(Store(dir / "other.sqlite", Store::Access::create), base::Error);
  { const Store store(dir / "history.sqlite", Store::Access::create); }
  base::Database(dir / "history.sqlite", base::Database::Mode::read_write)
      .execute("PRAGMA user_version = 99");
  try {
    const Store store(dir / "history.sqlite", Store::Access::create);
    FAIL("opened");
  } catch (const base::Error& error) {
    CHECK(error.kind() == base::ErrorKind::store_newer);
  }
}

TEST_CASE("each record has a salt of its own") {
  TempHistory one, other;
  CHECK(one.store.salt().size() == 64);
  CHECK(one.store.salt() != other.store.salt());
  CHECK(Store(one.dir / "history.sqlite", Store::Access::read).salt() == one.store.salt());
}

TEST_CASE("connections that come a day late or more are noted, others are not") {
  constexpr std::int64_t day_s = 86'400;
  TempHistory temp;
  const auto connect = [&](std::int64_t second) {
    return temp.add([&](Recorder& recorder) { recorder.take(domain::Connection{"ann", at(second), true}); });
  };
  CHECK(temp.store.late_import_after(0).number == 0);
  connect(10 * day_s);  // the first of all: nobody knew
  CHECK(temp.store.late_import_after(0).first == 10 * day_s);
  connect(12 * day_s);
  connect(11 * day_s + 1);
  CHECK(temp.store.late_import_after(0).number == 1);
  connect(9 * day_s);
  connect(9 * day_s);  // known
  const auto late = temp.store.late_import_after(1);
  CHECK(late.number == 2);
  CHECK(late.first == 9 * day_s);
  CHECK_FALSE(temp.store.late_import_after(2).first);
}

TEST_CASE("a record of the first version is read as it is, and brought up when it is written") {
  const TempDir dir;
  const auto file = dir / "history.sqlite";
  {
    Store store(file, Store::Access::create);
    store.db().execute("DROP TABLE late_imports; PRAGMA user_version = 1");
  }
  CHECK(Store(file, Store::Access::read).late_import_after(0).number == 0);
  Store store(file, Store::Access::write);
  Recorder recorder(store);
  recorder.take(domain::Connection{"ann", at(10), true});
  recorder.commit();
  CHECK(Store(file, Store::Access::read).late_import_after(0).number == 1);
}
