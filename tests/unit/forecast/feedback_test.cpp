// What waits to be scored, and how well it was foretold (SPEC D6).
#include "forecast/feedback.hpp"

#include <cmath>
#include <limits>

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

constexpr std::int64_t noon_s = 1'800'014'400;

struct Stored {
  TempDir dir;
  Store store{dir / "forecast.sqlite", Store::Access::write};
};

Pending waiting(std::int64_t target_s, std::int64_t band, std::int64_t made_at) {
  return {{target_s, band},
          made_at,
          "m",
          {predict::Correction{0.75F, -0.5F}, predict::Correction{}},
          {{7, {0.25F, 0.5F}, {0.125F, 0.75F}}, {~std::uint64_t{0}, {1e-6F, 0.5F}, {0.01F, 0.02F}}}};
}

PendingPools hour_of(std::int64_t hour, std::int64_t made_at) {
  PendingPool pool{"office", {}, {}};
  pool.arrivals.fill(2.5F);
  pool.concurrent.fill(8);
  return {hour, made_at, "", {pool}};
}

Feedback some_feedback(std::int64_t day, bool came_true) {
  Feedback feedback{"m", day, Question::present, 2, 0.5, 0.25, 0.75, {}};
  predict::add_to_bins(feedback.bins, -2, 0.1, came_true);
  return feedback;
}

}  // namespace

TEST_CASE("what waits is kept as it was said, until it has passed") {
  Stored stored;
  Store& store = stored.store;
  put_pending(store, waiting(noon_s, 3, noon_s - 9000));
  put_pending(store, waiting(noon_s + 900, 0, noon_s));
  put_pending_pools(store, hour_of(noon_s / 3600, noon_s - 9000));
  CHECK(pending_keys(store).size() == 2);
  CHECK(pending_ended_by(store, noon_s + 899).empty());
  REQUIRE(pending_ended_by(store, noon_s + 900).size() == 1);
  const Pending back = pending(store, pending_ended_by(store, noon_s + 900).front());
  CHECK(back.model == "m");
  CHECK(back.corrections[0].slope == 0.75F);
  CHECK(back.corrections[0].offset == -0.5F);
  CHECK(back.corrections[1].is_none());
  REQUIRE(back.users.size() == 2);
  CHECK(back.users[1].token == ~std::uint64_t{0});
  CHECK(back.users[0].by_model[0] == Approx(0.25).epsilon(0.001));
  CHECK(back.users[0].by_habit[1] == Approx(0.75).epsilon(0.001));
  CHECK(pending_pools_ended_by(store, noon_s + 3599).empty());
  const auto hours = pending_pools_ended_by(store, noon_s + 3600);
  REQUIRE(hours.size() == 1);
  REQUIRE(hours.front().pools.size() == 1);
  CHECK(hours.front().pools.front().pool == "office");
  CHECK(hours.front().pools.front().concurrent[3] == 8);
  drop_pending(store, noon_s + 900, noon_s);
  CHECK(pending_keys(store) == std::set{PendingKey{noon_s + 900, 0}});
  CHECK(pending_pool_hours(store).size() == 1);
  drop_pending(store, noon_s, noon_s - 1);  // the clock was set back
  CHECK(pending_keys(store).empty());
  CHECK_THROWS_AS(pending(store, {noon_s, 3}), base::Error);
}

TEST_CASE("feedback adds up by the day, and goes when it is old or was spoilt") {
  Stored stored;
  Store& store = stored.store;
  CHECK_FALSE(feedback_of(store));
  for (const std::int64_t day : {10, 10, 11, 12}) {
    add_feedback(store, some_feedback(day, day == 10));
    add_pool_feedback(store, {"m", day, "office", 1, 1, 0, 5, 2.5, 0.5, 0.25});
  }
  CHECK(feedback(store, "other", 0, 100).empty());
  const auto rows = feedback(store, "m", 10, 12);
  REQUIRE(rows.size() == 2);
  CHECK(rows[0].log_loss == 1);
  CHECK(rows[0].habit_log_loss == 1.5);
  CHECK(predict::calibration_error(rows[0].bins) == Approx(0.9));
  CHECK(rows[1].day == 11);
  CHECK(rows[1].question == Question::present);
  const auto pools = pool_feedback(store, "m", 10, 11);
  REQUIRE(pools.size() == 1);
  CHECK(pools[0].hours == 2);
  CHECK(pools[0].concurrent_within == 0);
  CHECK(pools[0].arrivals_loss == 1);
  drop_feedback(store, 11, 12);
  CHECK(feedback(store, "m", 0, 100).size() == 1);
  CHECK(pool_feedback(store, "m", 0, 100).size() == 1);
  put_feedback_of(store, {noon_s, 3});
  put_feedback_of(store, {noon_s + 1, 4});
  CHECK(feedback_of(store)->until_s == noon_s + 1);
  CHECK(feedback_of(store)->late == 4);
}

TEST_CASE("a promise is kept band by band, but for what was not tested") {
  Stored stored;
  predict::Promise promise{};
  promise[0] = {0.02, 0.03};
  promise[5] = {std::numeric_limits<double>::quiet_NaN(), 0.1};
  put_promise(stored.store, "m", promise);
  const auto back = promise_of(stored.store, "m");
  CHECK(back[0].by_habit == 0.03);
  CHECK(std::isnan(back[5].by_model));
  CHECK(std::isnan(promise_of(stored.store, "")[0].by_model));
}

TEST_CASE("feedback that is damaged is refused") {
  const auto refuses = [](const auto& read, const std::string& content) {
    CHECK_THROWS_AS(read(std::as_bytes(std::span(content))), base::Error);
  };
  const auto bins = [](std::span<const std::byte> packed) { unpack_bins(packed); };
  const auto users = [](std::span<const std::byte> packed) {
    Pending pending;
    unpack_pending(packed, pending);
  };
  const auto pools = [](std::span<const std::byte> packed) { unpack_pending_pools(packed); };
  const std::string nan_sum(8, '\xff');
  refuses(bins, "");
  refuses(bins, std::string(640, '\xff'));
  refuses(bins, pack_bins({}) + "x");
  refuses(bins, pack_bins({}).substr(0, 632) + nan_sum);
  refuses(users, "");
  refuses(users, "\2");
  refuses(users, "\1" + std::string(16, '\xff'));
  refuses(users, pack_pending(waiting(noon_s, 1, 0)) + "x");
  refuses(pools, "\4abc");
  refuses(pools, pack_pending_pools(hour_of(1, 0).pools).substr(0, 60));
  Stored stored;
  stored.store.db().execute("INSERT INTO feedback VALUES ('m', 1, 7, 0, 0, 0, 0, zeroblob(640))");
  CHECK_THROWS_AS(feedback(stored.store, "m", 0, 9), base::Error);
}
