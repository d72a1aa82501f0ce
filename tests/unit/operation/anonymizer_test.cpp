// Names as they are given to others (SPEC D3).
#include "operation/anonymizer.hpp"

#include "history/recorder.hpp"
#include "operation/record_use.hpp"
#include "support/catch.hpp"
#include "support/temp_dir.hpp"

using namespace deskloom;
using namespace deskloom::operation;
using namespace deskloom::test;

namespace {

// Five users at the site, and each at home.
struct Record {
  TempDir dir;
  history::Store store{dir / "history.sqlite", history::Store::Access::create};
  std::string site = salted_token(store.salt(), "site"), home = salted_token(store.salt(), "home");

  Record() {
    history::Recorder recorder(store);
    for (int person = 0; person < 5; ++person) {
      const std::string user = "user" + std::to_string(person);
      recorder.take(domain::Visit{user, base::from_seconds(1'800'000'000), site});
      recorder.take(
          domain::Visit{user, base::from_seconds(1'800'003'600 + person), person == 0 ? home : site});
    }
    recorder.commit();
  }
};

}  // namespace

TEST_CASE("tokens of a record are the same each time, and without its secret nobody makes them") {
  const Record record, other;
  const Anonymizer once(record.store, 5), again(record.store, 5), elsewhere(other.store, 5);
  CHECK(once.user("ann") == again.user("ann"));
  CHECK(once.user("ann") != once.user("bob"));
  CHECK(once.user("ann") != elsewhere.user("ann"));
  CHECK(once.user("ann").starts_with("user-"));
  CHECK(once.user("ann").size() == 21);
  CHECK(once.user("ann").find("ann") == std::string::npos);
  CHECK(once.user("ann") != "user-" + salted_token({}, "ann"));
  CHECK(once.user("ann") !=
        "user-" + salted_token(record.store.salt(), "ann"));  // nor is it a place of that name
}

TEST_CASE("places of many get another token, and those of few none") {
  const Record record;
  const Anonymizer anonymizer(record.store, 5);
  const auto site = anonymizer.place(record.site);
  REQUIRE(site);
  CHECK(*site != record.site);
  CHECK(site->size() == 16);
  CHECK_FALSE(anonymizer.place(record.home));
  CHECK_FALSE(anonymizer.place("0123456789abcdef"));
  CHECK_FALSE(Anonymizer(record.store, 6).place(record.site));
}

TEST_CASE("names of applications stay, but for what says whose they are") {
  const Record record;
  const Anonymizer anonymizer(record.store, 5);
  CHECK(anonymizer.object("ann", "libreoffice") == "libreoffice");
  CHECK(anonymizer.object("ann", "/home/ann/bin/tool") == "tool");
  CHECK(anonymizer.object("ann", "C:\\Users\\Ann\\tool.exe") == "tool.exe");
  const std::string hidden = anonymizer.object("ann", "Ann's notes");
  CHECK(hidden.find("Ann") == std::string::npos);
  CHECK(hidden == anonymizer.object("ann", "Ann's notes"));
  CHECK(anonymizer.object("ann", "").empty());
}
