// What forecasts of resources see of the past (SPEC D5).
#include "predict/resource/window.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "resources.hpp"
#include "support/catch.hpp"

using namespace deskloom;
using namespace deskloom::predict;
using namespace deskloom::test;

namespace {

const base::TimeZone utc("UTC");
constexpr auto past = static_cast<std::int64_t>(past_hours);

}  // namespace

TEST_CASE("a window holds the two weeks before its origin") {
  std::vector<float> amounts(500);
  for (std::size_t i = 0; i < amounts.size(); ++i) amounts[i] = static_cast<float>(i);
  const ResourceOrigin origin(utc, january_hour + 400);
  ResourceWindow window;
  window.look(origin, amounts_from_january(amounts));
  CHECK(window.known_hours() == past_hours);
  CHECK(window.amount(0) == 400 - past);
  CHECK(window.last() == 399);
  CHECK(window.ascending().front() == 400 - past);
  CHECK(window.rank(7) == 7);
}

TEST_CASE("what is not an amount is not known, and is as it was before") {
  constexpr float infinite = std::numeric_limits<float>::infinity();
  std::vector<float> amounts(past_hours, 5);
  amounts[10] = std::numeric_limits<float>::quiet_NaN();
  amounts[11] = infinite;
  amounts[12] = -1;
  amounts[13] = 3e38F;
  amounts[14] = -0.0F;
  const ResourceOrigin origin(utc, january_hour + past);
  ResourceWindow window;
  window.look(origin, amounts_from_january(amounts));
  CHECK(window.known_hours() == past_hours - 4);
  CHECK_FALSE(window.is_known(12));
  CHECK(window.amount(13) == 5);
  CHECK(window.rank(14) == 0);
  CHECK(std::ranges::none_of(window.analogs(),
                             [](const Analog& analog) { return analog.hour >= 10 && analog.hour <= 13; }));
  window.look(origin, {});
  CHECK(window.known_hours() == 0);
  CHECK(window.analogs().empty());
}

TEST_CASE("the hours most like the last come first, and all are known a day on") {
  const auto desktop = busy_desktops(1, 15).front();
  const ResourceOrigin origin(utc, january_hour + 14 * 24 + 10);  // a Monday, two hours into work
  ResourceWindow window;
  window.look(origin, desktop);
  REQUIRE(window.analogs().size() == ResourceWindow::most_analogs);
  CHECK(std::ranges::is_sorted(window.analogs(), std::ranges::greater{}, &Analog::weight));
  for (const Analog& analog : window.analogs().first(6)) CHECK(window.amount(analog.hour) >= 10);
  for (const Analog& analog : window.analogs()) CHECK(analog.hour + 24U < past_hours);
}

TEST_CASE("days of rest are by the clock on the wall") {
  // Saturday, 28 March 2026, begins at 23:00 UTC in Warsaw; on the next day the clocks change.
  const std::int64_t saturday = january_hour + 82 * 24 - 1;
  const ResourceOrigin origin(base::TimeZone("Europe/Warsaw"), saturday);
  CHECK_FALSE(origin.is_rest(past_hours - 1));
  CHECK(origin.is_rest(past_hours));
  CHECK(origin.is_rest(past_hours + 24 + 22));
  CHECK_FALSE(origin.is_rest(past_hours + 24 + 23));
}
