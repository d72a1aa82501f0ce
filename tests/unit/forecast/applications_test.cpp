// Which applications are used, in the forecast tables (SPEC D5).
#include "forecast/applications.hpp"

#include "base/error.hpp"
#include "support/catch.hpp"
#include "support/temp_dir.hpp"

using namespace deskloom;
using namespace deskloom::forecast;
using namespace deskloom::test;
#ifdef DESKLOOM_CATCH2_V2
using Catch::Detail::Approx;
#endif

namespace {

predict::UserUse some_use() {
  predict::UserUse use;
  for (const std::uint32_t application : {7U, 2U, 7U, 900U})
    use.see({1'800'000'000 + application, application, 60}, 9);
  use.see({1'800'090'000, 2, 60}, 23);
  return use;
}

std::span<const std::byte> bytes(const std::string& text) { return std::as_bytes(std::span(text)); }

}  // namespace

TEST_CASE("counts of applications come back exactly") {
  const std::string packed = pack_use(some_use());
  const predict::UserUse use = unpack_use(bytes(packed));
  CHECK(pack_use(use) == packed);
  REQUIRE(use.applications.size() == 3);
  CHECK(use.applications[0].in_session);
  CHECK(use.applications[1].in_one_before);
  CHECK(use.applications[1].half_launches[9] == 4);
  CHECK(use.sessions == 1);
}

TEST_CASE("forecasts of applications are read by name, the likeliest first") {
  const TempDir dir;
  Store store(dir / "forecast.sqlite", Store::Access::write);
  {
    ApplicationNames names(store);
    const auto mail = names.number("mail"), browser = names.number("browser");
    CHECK(names.number("mail") == mail);
    ApplicationWriter writer(store);
    writer.put_counts({{"ann", pack_use(some_use())}}, {1, 2, 3, 4});
    writer.put_forecasts({{"ann", {{browser, 0.9F}, {mail, 0.25F}}}}, {400'000, 24, "m"});
    writer.finish(names);
  }
  const auto shares = next_applications(store, "ann");
  REQUIRE(shares.size() == 2);
  CHECK(shares[0].first == "browser");
  CHECK(shares[0].second == Approx(0.9).epsilon(0.001));
  CHECK(shares[1].first == "mail");
  CHECK(next_applications(store, "bob").empty());
  CHECK(newest_applications(store) == HourlyOf{400'000, 24, "m"});
  CHECK(applications_counted(store) == ApplicationsCounted{1, 2, 3, 4});
  int users = 0;
  each_application_count(store, [&](const std::string& user, const predict::UserUse& use) {
    CHECK(user == "ann");
    CHECK(use.applications.size() == 3);
    ++users;
  });
  CHECK(users == 1);
  CHECK(ApplicationNames(store).number("mail") == 0);
  CHECK(ApplicationNames(store).number("terminal") == 2);
}

TEST_CASE("what nobody has counted or foretold of applications is refused") {
  const std::string whole = pack_use(some_use());
  predict::UserUse twice = some_use(), too_often = some_use();
  twice.applications[1].id = twice.applications[0].id;
  too_often.applications[0].sessions = 5;
  for (const std::string& broken : {std::string(), "\2" + whole.substr(1), whole.substr(0, whole.size() - 1),
                                    pack_use(twice), pack_use(too_often)})
    CHECK_THROWS_AS(unpack_use(bytes(broken)), base::Error);
  for (const std::string& broken :
       {std::string(), std::string("\1\1"), pack_applications({{1, 0.1F}, {2, 0.9F}})})
    CHECK_THROWS_AS(unpack_applications(bytes(broken)), base::Error);
  const TempDir dir;
  Store store(dir / "forecast.sqlite", Store::Access::write);
  const std::string unnamed = pack_applications({{5, 0.5F}});
  store.db().prepare("INSERT INTO application_forecasts VALUES ('ann', ?)").bind(bytes(unnamed)).run();
  CHECK_THROWS_AS(next_applications(store, "ann"), base::Error);
}
