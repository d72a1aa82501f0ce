// The forecast tables (SPEC D5).
#include "forecast/forecasts.hpp"

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

const base::Timestamp made{std::chrono::seconds(1'800'000'000)};

}  // namespace

TEST_CASE("a forecast is kept as it was, but for a thousandth, and replaced as a whole") {
  const TempDir dir;
  Store store(dir / "forecast.sqlite", Store::Access::write);
  CHECK_FALSE(newest_forecast(store));
  {
    ForecastWriter writer(store);
    writer.add("ann", {{0.5F, 1e-6F}, {0.99F, 0}, 600, 7200});
    writer.add("bob", {{0.1F}, {0.2F}, 1, 2});
    writer.finish({made, 1'800'000'900, 2, "m"});
  }
  const auto ann = forecast_of(store, "ann");
  REQUIRE(ann.connects.size() == 2);
  CHECK(ann.connects[0] == Approx(0.5));
  CHECK(ann.connects[1] == Approx(1e-6).epsilon(0.001));
  CHECK(ann.present[0] == Approx(0.99).epsilon(0.001));
  CHECK(ann.present[1] > 0);  // certainty is no log odds
  CHECK(ann.session_90_s == 7200);
  {
    ForecastWriter writer(store);
    writer.add("bob", {{0.3F}, {0.4F}, 1, 2});
    CHECK(forecast_of(Store(dir / "forecast.sqlite", Store::Access::read), "ann").session_median_s == 600);
    writer.finish({made, 1'800'001'800, 1, {}});
  }
  CHECK_THROWS_AS(forecast_of(store, "ann"), base::Error);
  const auto of = newest_forecast(store);
  REQUIRE(of);
  CHECK(of->slots == 1);
  CHECK_FALSE(of->model);
  int users = 0;
  each_forecast(store, [&](const std::string& user, const UserForecast& forecast) {
    CHECK(user == "bob");
    CHECK(forecast.connects[0] == Approx(0.3).epsilon(0.001));
    ++users;
  });
  CHECK(users == 1);
}

TEST_CASE("a forecast that was not finished leaves the one before") {
  const TempDir dir;
  Store store(dir / "forecast.sqlite", Store::Access::write);
  ForecastWriter(store).finish({made, 1, 0, {}});
  { ForecastWriter(store).add("ann", {{0.5F}, {0.5F}, 1, 1}); }
  CHECK_THROWS_AS(forecast_of(store, "ann"), base::Error);
  CHECK(newest_forecast(store)->origin_s == 1);
}

TEST_CASE("what is damaged, of another program or missing is said to be") {
  const TempDir dir;
  CHECK_THROWS_AS(Store(dir / "none.sqlite", Store::Access::read), base::Error);
  Store store(dir / "forecast.sqlite", Store::Access::write);
  for (const std::string& content : {std::string(), std::string("\1\xff\xff\xff\xff", 5),
                                     std::string("\2", 1), pack_forecast({}) + '\0'}) {
    store.db()
        .prepare("INSERT OR REPLACE INTO forecasts VALUES ('ann', ?)")
        .bind(std::as_bytes(std::span(content)))
        .run();
    CHECK_THROWS_AS(forecast_of(store, "ann"), base::Error);
  }
  store.db().execute("PRAGMA application_id = 1");
  CHECK_THROWS_AS(Store(dir / "forecast.sqlite", Store::Access::read), base::Error);
}
