// Experts that forecast what desktops use (SPEC D5).
#include "predict/resource/experts.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "resources.hpp"
#include "support/catch.hpp"

using namespace deskloom;
using namespace deskloom::predict;
using namespace deskloom::test;

namespace {

constexpr float unknown = std::numeric_limits<float>::quiet_NaN();
const base::TimeZone utc("UTC");

std::vector<Quantiles> forecast(std::string_view name, const HourlyAmounts& series, std::int64_t hour,
                                std::size_t hours) {
  const auto expert = std::ranges::find(resource_experts(), name, &ResourceExpert::name);
  REQUIRE(expert != resource_experts().end());
  const ResourceOrigin origin(utc, hour);
  ResourceWindow window;
  window.look(origin, series);
  std::vector<Quantiles> ahead(hours);
  expert->forecast(window, ahead);
  return ahead;
}

}  // namespace

TEST_CASE("whatever little is known, experts say something sound") {
  std::vector<HourlyAmounts> all;
  all.push_back(amounts_from_january(std::vector<float>(past_hours, 7)));
  all.push_back(amounts_from_january(std::vector<float>(past_hours, 0)));
  auto gaps = busy_desktops(1, 14).front();
  for (std::size_t i = 0; i < gaps.amounts.size(); ++i)
    if (i % 5 != 2 || (i > 60 && i < 200)) gaps.amounts[i] = unknown;
  all.push_back(gaps);
  for (const std::size_t only : {0U, 100U, 335U}) {
    std::vector<float> amounts(past_hours, unknown);
    amounts[only] = 4;
    all.push_back(amounts_from_january(amounts));
  }
  std::vector<float> wild(past_hours, 0);
  for (std::size_t i = 0; i < wild.size(); i += 3) wild[i] = i % 2 == 0 ? 1e30F : 1e-30F;
  all.push_back(amounts_from_january(wild));
  for (const ResourceExpert& expert : resource_experts()) {
    for (const HourlyAmounts& series : all) {
      INFO(expert.name);
      const auto ahead = forecast(expert.name, series, january_hour + 14 * 24, most_hours_ahead);
      CHECK(are_sound(ahead));
    }
    const auto constant = forecast(expert.name, all[0], january_hour + 14 * 24, most_hours_ahead);
    for (const Quantiles& hour : constant) CHECK(std::ranges::all_of(hour, [](float q) { return q == 7; }));
  }
}

TEST_CASE("the time of day is known, and the kind of day") {
  const auto desktop = busy_desktops(1, 28).front();
  const auto monday = forecast("time-of-day", desktop, january_hour + 14 * 24, 7 * 24);
  CHECK(monday[3][median_level] < 2);
  CHECK(monday[12][median_level] > 10);
  CHECK(monday[4 * 24 + 12][median_level] > 10);
  CHECK(monday[5 * 24 + 12][median_level] < 2);
}

TEST_CASE("what followed hours like these is expected again") {
  // Bursts of three hours begin at any time; the last hour is the first of one.
  std::vector<float> amounts(past_hours, 1);
  for (const std::size_t begin : {7U, 31U, 50U, 90U, 115U, 141U, 170U, 205U, 222U, 260U, 290U})
    for (std::size_t i = 0; i < 3; ++i) amounts[begin + i] = 50;
  amounts.back() = 50;
  for (const std::string_view name : {"analogs", "analog-changes"}) {
    INFO(name);
    const auto ahead = forecast(name, amounts_from_january(amounts), january_hour + 14 * 24, 6);
    CHECK(ahead[0][median_level] == 50);
    CHECK(ahead[1][median_level] == 50);
    CHECK(ahead[3][median_level] == 1);
  }
}

TEST_CASE("changes are added to what is used now, days are looked up at the same time") {
  std::vector<float> amounts;
  for (std::size_t i = 0; i < past_hours; ++i) amounts.push_back(static_cast<float>(i % 24 + i / 24));
  const auto ahead = forecast("day-changes", amounts_from_january(amounts), january_hour + 14 * 24, 24);
  for (std::size_t i = 0; i < 24; ++i) CHECK(ahead[i][median_level] == static_cast<float>(14 + i));
}

TEST_CASE("what was last counts more for the recent amounts") {
  std::vector<float> amounts(past_hours, 1);
  std::fill(amounts.end() - 48, amounts.end(), 3.0F);
  const auto ahead = forecast("recent", amounts_from_january(amounts), january_hour + 14 * 24, 1);
  CHECK(ahead[0][median_level] == 3);
  CHECK(ahead[0][0] == 1);
}
