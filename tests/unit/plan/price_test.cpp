// What desktops cost by host and time, and what spot prices change (SPEC C5).
#include "plan/price.hpp"

#include "support/catch.hpp"

using namespace deskloom;
using namespace deskloom::plan;

namespace {

const domain::Allocation desktop{2, 4ULL << 30};
// A Monday; UTC is one hour behind Warsaw's winter time.
const base::Timestamp noon = base::parse_rfc3339("2026-03-02T12:00:00.000Z");

Price price(const std::string& name, std::vector<std::string> hosts, double per_cpu) {
  Price made;
  made.name = name;
  made.hosts = std::move(hosts);
  made.per_cpu = per_cpu;
  return made;
}

PriceList list(std::vector<Price> prices, const std::vector<SpotPrice>& spot = {},
               const std::string& zone = "UTC") {
  return {std::move(prices), spot, base::TimeZone(zone)};
}

}  // namespace

TEST_CASE("C5: an instance costs its processors, memory, GPUs and share of the host") {
  Price all = price("all", {}, 0.5);
  all.per_gib = 0.1;
  all.per_gpu = 3;
  all.per_host = 8;
  const auto prices = list({all});
  CHECK(prices.per_hour("a", desktop, 3, noon).value() == Approx(1 + 0.4 + 2));
  CHECK(prices.per_hour("a", {desktop.vcpus, desktop.memory_bytes, 0, 0, 1}, 0, noon).value() ==
        Approx(1 + 0.4 + 3 + 8));
  CHECK_FALSE(list({}).per_hour("a", desktop, 0, noon));
}

TEST_CASE("C5: the nearest price holds: of the host before all, at its times before always") {
  Price night = price("night", {}, 1);
  night.window = domain::WeeklyWindow{domain::every_day, 20 * 60, 6 * 60};
  const auto prices = list({price("zz", {}, 9), price("own", {"b"}, 2), night, price("all", {}, 4)});
  CHECK(prices.per_hour("a", desktop, 0, noon) == 8);
  CHECK(prices.per_hour("a", desktop, 0, noon + std::chrono::hours(9)) == 2);
  CHECK(prices.per_hour("b", desktop, 0, noon + std::chrono::hours(9)) == 4);
}

TEST_CASE("C5: a price of the host's region holds before one for all, and not before one of the host") {
  Price region = price("a-region", {"a", "b"}, 3);
  region.is_regional = true;
  const auto prices = list({price("zz", {"b"}, 2), region, price("all", {}, 4)});
  CHECK(prices.per_hour("a", desktop, 0, noon) == 6);
  CHECK(prices.per_hour("b", desktop, 0, noon) == 4);
  CHECK(prices.per_hour("c", desktop, 0, noon) == 8);
}

TEST_CASE("C5: times are those of the clock on the wall, and means are over the window") {
  Price noon_on = price("noon", {}, 1);
  noon_on.window = domain::WeeklyWindow{domain::every_day, 13 * 60, 14 * 60};
  const auto prices = list({noon_on, price("all", {}, 2)}, {}, "Europe/Warsaw");
  CHECK(prices.per_hour("a", desktop, 0, noon) == 2);
  CHECK(prices.per_hour("a", desktop, 0, noon - std::chrono::minutes(1)) == 4);
  CHECK(prices.per_hour("a", desktop, 0, noon, noon + std::chrono::hours(2)).value() == Approx(3));
}

TEST_CASE("C5: a spot price stands in place of the list's, or changes it, until it ends") {
  const auto later = noon + std::chrono::hours(1);
  const auto prices =
      list({price("all", {}, 1)}, {{"a", 0.25, std::nullopt, 0.1, later}, {"b", 1, 6.0, 0.2, std::nullopt}});
  CHECK(prices.per_hour("a", desktop, 0, noon) == 0.5);
  CHECK(prices.evictions_per_hour("a", noon) == 0.1);
  CHECK(prices.per_hour("a", desktop, 0, later) == 2);
  CHECK(prices.evictions_per_hour("a", later) == 0);
  CHECK(prices.per_hour("b", desktop, 2, later) == 2);
  CHECK(prices.evictions_per_hour("c", noon) == 0);
}
