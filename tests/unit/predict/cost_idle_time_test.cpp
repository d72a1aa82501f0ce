// Rules that keep desktops ready by how long users are away (SPEC D4), on idle times that are known.
#include "predict/cost/idle_time.hpp"

#include <cmath>

#include "support/catch.hpp"

using namespace deskloom;
using namespace deskloom::predict;

namespace {

constexpr std::int64_t minute = 60, hour = 3600;

const CostPoint& at(const std::vector<CostPoint>& points, double setting) {
  for (const CostPoint& point : points)
    if (point.setting == setting) return point;
  FAIL("no such setting");
  return points.front();
}

}  // namespace

TEST_CASE("a histogram has the desktop ready from the head of the idle times to their tail") {
  HybridHistogram histogram({});
  for (int i = 0; i < 4; ++i) histogram.see(60 * minute);
  // Too few: kept for the range.
  CHECK(histogram.ready(0.05, 0.99).from_s == 0);
  CHECK(histogram.ready(0.05, 0.99).until_s == 4 * hour);
  for (int i = 0; i < 95; ++i) histogram.see(60 * minute + 30);
  histogram.see(120 * minute);
  // All but one lie in the bin of the 60th minute; margins are a tenth.
  CHECK(std::abs(histogram.ready(0.05, 0.99).from_s - 0.9 * 60 * minute) < 1e-6);
  CHECK(std::abs(histogram.ready(0.05, 0.99).until_s - 1.1 * 61 * minute) < 1e-6);
  CHECK(std::abs(histogram.ready(0.05, 1).until_s - 1.1 * 121 * minute) < 1e-6);
}

TEST_CASE("a histogram of which all bins are alike keeps the desktop") {
  HybridHistogram histogram({});
  for (std::int64_t bin = 0; bin < 240; ++bin) histogram.see(bin * minute);
  CHECK(histogram.ready(0.05, 0.5).from_s == 0);
  CHECK(histogram.ready(0.05, 0.5).until_s == 4 * hour);
}

TEST_CASE("idle times beyond the range are foretold by their autoregression") {
  HybridHistogram nights({});
  for (int night = 0; night < 12; ++night) nights.see(16 * hour);
  CHECK(std::abs(nights.ready(0.05, 0.99).from_s - 0.85 * 16 * hour) < 1);
  CHECK(std::abs(nights.ready(0.05, 0.99).until_s - 1.15 * 16 * hour) < 1);
  // After a short one a long one comes, and the other way round.
  HybridHistogram turns({});
  for (int turn = 0; turn < 40; ++turn) turns.see(turn % 2 == 0 ? 10 * hour : 40 * hour);
  const double mean = std::sqrt(10.0 * 40.0) * hour;  // the last was long
  CHECK(turns.ready(0.05, 0.99).until_s < 0.8 * 1.15 * mean);
  turns.see(10 * hour);
  CHECK(turns.ready(0.05, 0.99).until_s > 1.25 * 1.15 * mean);
}

TEST_CASE("odd idle times give spans that are finite") {
  HybridHistogram histogram({});
  for (const std::int64_t idle_s :
       {std::int64_t{-5}, std::int64_t{0}, std::int64_t{1} << 60, std::int64_t{7}}) {
    for (int i = 0; i < 20; ++i) histogram.see(idle_s);
    const ReadySpan span = histogram.ready(0.05, 0.99);
    CHECK(std::isfinite(span.from_s));
    CHECK(std::isfinite(span.until_s));
    CHECK(span.from_s <= span.until_s);
  }
}

TEST_CASE("a desktop that is kept for a time idles, and waits, as it does by hand") {
  // Away for 20 minutes, then for 100, then for good.
  const std::vector<UserSessions> users{
      {"ann", {{0, 10 * minute}, {30 * minute, 40 * minute}, {140 * minute, 150 * minute}}}, {"bob", {}}};
  const auto points = keep_alive_cost(users, {0, 200 * minute, 4 * minute});
  // The first connect finds none in any case.
  CHECK(at(points, 0).unmet == 1);
  CHECK(at(points, 0).idle_minutes == 0);
  CHECK(std::abs(at(points, 30).unmet - 2.0 / 3) < 1e-9);
  CHECK(std::abs(at(points, 30).idle_minutes - (20 + 30 + 30) / 3.0) < 1e-9);
  CHECK(std::abs(at(points, 240).unmet - 1.0 / 3) < 1e-9);
  CHECK(std::abs(at(points, 240).idle_minutes - (20 + 100 + 50) / 3.0) < 1e-9);
}

TEST_CASE("the histogram learns of an idle time only when it is over") {
  std::vector<UserSessions> users{{"ann", {}}};
  for (std::int64_t day = 0; day < 20; ++day)
    users[0].sessions.push_back({day * 24 * hour, day * 24 * hour + 8 * hour});
  const IdleTimeTest test{10 * 24 * hour, 19 * 24 * hour, 4 * minute};
  const auto whole = hybrid_cost(users, test, {});
  users[0].sessions.resize(20 - 1);  // what comes after the test
  const auto cut = hybrid_cost(users, test, {});
  REQUIRE(whole.size() == cut.size());
  // Made ready once a day, 15 % of 16 hours ahead; nobody waits.
  CHECK(at(whole, 0.99).unmet == 0);
  CHECK(std::abs(at(whole, 0.99).idle_minutes - (0.15 * 16 * 60 + 4)) < 30);
  for (std::size_t i = 0; i < whole.size(); ++i) CHECK(whole[i].unmet == cut[i].unmet);
}
