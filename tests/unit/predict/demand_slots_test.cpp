// Arrivals at a shared pool, one quarter of an hour ahead (SPEC D5).
#include "predict/demand/slots.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "office.hpp"
#include "predict/demand/series.hpp"
#include "support/catch.hpp"

using namespace deskloom;
using namespace deskloom::predict;
using namespace deskloom::test;
#ifdef DESKLOOM_CATCH2_V2
using Catch::Detail::Approx;
#endif

namespace {

SlotArrivals office_arrivals(const TimeGrid& grid) { return {arrivals_per_slot(grid, office(40, 12)), {}}; }

}  // namespace

TEST_CASE("a slot's forecast does not change when all from the slot before it on is deleted") {
  const auto grid = weeks_from_january(12);
  SlotArrivals all = office_arrivals(grid);
  all.expected.assign(all.arrivals.size(), 0.5F);
  const std::size_t test = 10 * slots_per_week;
  const SlotModel model = learn_slots(grid, all, test);
  const auto forecasts = forecast_slots(model, grid, all, test, test + slots_per_week);
  for (const std::size_t slot : {test, test + 1, test + 36, test + 3 * slots_per_day + 35}) {
    SlotArrivals known = all;
    known.arrivals.resize(slot - 1);
    const auto again = forecast_slots(model, grid, known, slot, slot + 1);
    REQUIRE(again.size() == 1);
    CHECK(again[0].mean == forecasts[slot - test].mean);
    known.arrivals.resize(slot - 2);  // but the one before that counts
    known.arrivals.push_back(all.arrivals[slot - 2] + 5);
    CHECK(forecast_slots(model, grid, known, slot, slot + 1)[0].mean > again[0].mean);
  }
  SlotArrivals known = all;
  known.arrivals.resize(test);
  CHECK(learn_slots(grid, known, test).weights == model.weights);
}

TEST_CASE(
    "a pool made ready by the forecast serves as many as was asked, with less idling than a fixed one") {
  const auto grid = weeks_from_january(12);
  const SlotArrivals slots = office_arrivals(grid);
  const std::size_t test = 9 * slots_per_week;
  const auto forecasts =
      forecast_slots(learn_slots(grid, slots, test), grid, slots, test, slots.arrivals.size());
  REQUIRE(forecasts.size() == 3 * slots_per_week);
  double enough = 0, unmet = 0, idle = 0, all = 0, fixed_unmet = 0, fixed_idle = 0;
  constexpr double fixed = 4;
  for (const SlotForecast& forecast : forecasts) {
    const double arrived = static_cast<double>(slots.arrivals[forecast.slot]), ready = forecast.quantile(0.9);
    enough += arrived <= ready ? 1 : 0;
    unmet += std::max(arrived - ready, 0.0), idle += std::max(ready - arrived, 0.0);
    fixed_unmet += std::max(arrived - fixed, 0.0), fixed_idle += std::max(fixed - arrived, 0.0);
    all += arrived;
  }
  CHECK(enough / static_cast<double>(forecasts.size()) > 0.9);
  CHECK(unmet < 0.15 * all);
  CHECK(unmet < fixed_unmet);
  CHECK(idle < 0.2 * fixed_idle);
}

TEST_CASE("what users' own models expect of a slot is heeded") {
  const auto grid = weeks_from_january(12);
  SlotArrivals slots = office_arrivals(grid);
  slots.expected = slots.arrivals;  // they know
  const std::size_t test = 10 * slots_per_week;
  const SlotModel model = learn_slots(grid, slots, test);
  const auto mean_at = [&] { return forecast_slots(model, grid, slots, test + 36, test + 37)[0].mean; };
  slots.expected[test + 36] = 1;
  const double few = mean_at();
  slots.expected[test + 36] = 8;
  CHECK(mean_at() > 2 * few);
}

TEST_CASE("little, gaps and nonsense give finite forecasts of slots") {
  const auto grid = weeks_from_january(3);
  SlotArrivals slots{arrivals_per_slot(grid, office(40, 3)), {}};
  slots.arrivals[50] = std::nanf("");
  slots.arrivals[51] = std::numeric_limits<float>::infinity();
  slots.arrivals[52] = -3;
  slots.expected.assign(100, std::nanf(""));
  const auto last = static_cast<std::size_t>(grid.slots());
  for (const std::size_t known : {0U, 1U, 96U, 672U, 2000U}) {
    SlotArrivals some = slots;
    some.arrivals.resize(known);
    const SlotModel model = learn_slots(grid, some, known);
    CHECK(std::isfinite(model.dispersion));
    for (const SlotForecast& forecast : forecast_slots(model, grid, some, 0, last + 10)) {
      if (!(std::isfinite(forecast.mean) && forecast.mean >= 0 && std::isfinite(forecast.quantile(0.99))))
        FAIL("slot " << forecast.slot << " of " << known << " known");
    }
  }
  CHECK(forecast_slots({}, grid, slots, last, last).empty());
}
