// Models, and which one is in force (SPEC D4).
#include "forecast/models.hpp"

#include <limits>

#include "base/error.hpp"
#include "forecast/habits.hpp"
#include "support/catch.hpp"
#include "support/temp_dir.hpp"

using namespace deskloom;
using namespace deskloom::forecast;
using namespace deskloom::test;

namespace {

base::Timestamp at(int seconds) { return base::Timestamp(std::chrono::seconds(seconds)); }

Model named(const std::string& name, int made_at) {
  return {name, "regression", at(made_at), at(1), at(2), 5, 0.25, std::numeric_limits<double>::quiet_NaN(),
          0.5};
}

}  // namespace

TEST_CASE("models are listed, the newest first, and the last that was promoted is in force") {
  const TempDir dir;
  Store store(dir / "forecast.sqlite", Store::Access::write);
  CHECK_FALSE(model_in_force(store));
  add_model(store, named("old", 10));
  add_model(store, named("new", 20));
  const auto all = models(store);
  REQUIRE(all.size() == 2);
  CHECK(all[0].name == "new");
  CHECK(all[0].log_loss == 0.25);
  CHECK(all[0].brier != all[0].brier);
  CHECK(all[0].file(store) == dir / "models" / "new.safetensors");
  CHECK_FALSE(model_in_force(store));
  promote(store, {at(30), "old", "first"});
  promote(store, {at(40), "new", "better"});
  CHECK(model_in_force(store)->name == "new");
  promote(store, {at(50), {}, "as was asked"});
  CHECK_FALSE(model_in_force(store));
  CHECK(promotions(store).size() == 3);
  CHECK(promotions(store)[1].model == "new");
}

TEST_CASE("a model that there is not is said with those that there are") {
  const TempDir dir;
  Store store(dir / "forecast.sqlite", Store::Access::write);
  add_model(store, named("one", 10));
  try {
    model(store, "two");
    FAIL("found");
  } catch (const base::Error& error) {
    CHECK(error.kind() == base::ErrorKind::not_found);
    CHECK_THAT(error.hint(), Contains("one"));
  }
}

TEST_CASE("an older file keeps its models, and all else is made anew by who may write") {
  const TempDir dir;
  const auto file = dir / "forecast.sqlite";
  {
    Store store(file, Store::Access::write);
    add_model(store, named("old", 10));
    promote(store, {at(30), "old", "first"});
    store.db().execute(
        "DROP TABLE habits; CREATE TABLE habits (user TEXT); CREATE TABLE gone (number INTEGER); "
        "PRAGMA user_version = 1");
  }
  CHECK_THROWS_AS(Store(file, Store::Access::read), base::Error);
  const Store store(file, Store::Access::write);
  CHECK(model_in_force(store)->name == "old");
  CHECK_FALSE(counted(store));
  each_habit(store, [](PackedHabit&&) { FAIL("there is none"); });
  CHECK_THROWS_AS(store.db().prepare("SELECT number FROM gone"), base::Error);
  CHECK_NOTHROW(Store(file, Store::Access::read));
}
