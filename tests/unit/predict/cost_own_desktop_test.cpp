// What it costs when a user's own desktop follows a forecast (SPEC D4), by hand.
#include "predict/cost/own_desktop.hpp"

#include <cmath>

#include "office.hpp"
#include "support/catch.hpp"

using namespace deskloom;
using namespace deskloom::predict;
using namespace deskloom::test;

namespace {

// At the threshold that is nearest below.
const CostPoint& at(const std::vector<CostPoint>& points, double threshold) {
  std::size_t found = 0;
  while (found + 1 < points.size() && points[found + 1].setting <= threshold) ++found;
  return points[found];
}

}  // namespace

TEST_CASE("a desktop that follows a forecast idles, is made ready, and waits as it does by hand") {
  const auto grid = weeks_from_january(1);
  // In slots 0 to 7: connects 5 minutes into slot 2 and stays until 5 minutes into slot 4; again 5 minutes
  // into slot 6, for 5 minutes.
  const std::int64_t minute = 60, begin_s = grid.begin_s();
  const std::vector<UserSessions> users{
      {"ann",
       {{begin_s + 35 * minute, begin_s + 65 * minute}, {begin_s + 95 * minute, begin_s + 100 * minute}}}};
  FollowedForecast followed(grid, users, 0, 8, 240);
  followed.add(0, 0, 0.3);
  followed.add(0, 1, 0.01);
  followed.add(0, 2, 0.3);
  // Slots 3 and 4 are in use when they are decided.
  followed.add(0, 5, 0.01);
  followed.add(0, 6, 0.01);
  followed.add(0, 7, 0.01);
  const auto points = followed.finish();
  const auto idle = [&](double threshold) { return 2 * at(points, threshold).idle_minutes; };
  const auto unmet = [&](double threshold) { return 2 * at(points, threshold).unmet; };
  // Always ready: 120 minutes, of which 35 are in use; made ready once.
  CHECK(std::abs(idle(0) - (120 - 35 + 4)) < 1e-9);
  CHECK(unmet(0) == 0);
  // At 0.1: ready in slot 0, gone in 1, made again for 2 and in use from its sixth minute on, 10 minutes left
  // in slot 4. Then gone; the second connect waits, and the desktop stays for the 5 minutes left of slot 6.
  CHECK(std::abs(idle(0.1) - ((4 + 15) + (4 + 5) + 10 + 5)) < 1e-9);
  CHECK(unmet(0.1) == 1);
  // Never: both wait.
  CHECK(std::abs(idle(2) - (10 + 5)) < 1e-9);
  CHECK(unmet(2) == 2);
}

TEST_CASE("nobody who connects gives no number, and no curve") {
  const auto grid = weeks_from_january(1);
  const std::vector<UserSessions> users{{"ann", {}}};
  FollowedForecast followed(grid, users, 0, 4, 240);
  for (std::int64_t slot = 0; slot < 4; ++slot) followed.add(0, slot, 0.5);
  CHECK(pareto(followed.finish()).empty());
}
