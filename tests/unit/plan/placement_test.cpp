#include "plan/placement.hpp"

#include <algorithm>
#include <vector>

#include "support/catch.hpp"

using namespace deskloom::plan;

namespace {

constexpr std::uint64_t gib = 1ULL << 30;

}  // namespace

TEST_CASE("the host with the fewest instances is chosen, and among equals the first by name") {
  const std::vector<HostCandidate> hosts{{"c", 8 * gib, 1}, {"b", 8 * gib, 1}, {"a", 8 * gib, 4}};
  const auto choice = choose_host(hosts, gib);
  CHECK(choice.host == "b");
  CHECK(choice.reason == "b has the fewest instances (1) of 3 candidates");
}

TEST_CASE("a host without the memory is passed over") {
  const std::vector<HostCandidate> hosts{{"a", gib - 1, 0}, {"b", gib, 9}};
  CHECK(choose_host(hosts, gib).host == "b");
}

TEST_CASE("a host whose memory is not known counts as fitting") {
  const std::vector<HostCandidate> hosts{{"a", std::nullopt, 0}, {"b", gib, 1}};
  CHECK(choose_host(hosts, gib).host == "a");
}

TEST_CASE("when no host fits, the reason says what each has") {
  const std::vector<HostCandidate> hosts{{"a", gib, 0}, {"b", gib / 2, 0}};
  const auto choice = choose_host(hosts, 2 * gib);
  CHECK_FALSE(choice.host);
  CHECK(choice.reason == "no host has 2.0 GiB of memory free: a 1.0 GiB, b 512.0 MiB");
  CHECK(choose_host({}, gib).reason == "there is no host to choose from");
}

TEST_CASE("the choice does not depend on the candidates' order, and instances spread evenly") {
  std::vector<HostCandidate> hosts{{"a", 64 * gib, 0}, {"b", 64 * gib, 0}, {"c", 64 * gib, 0}};
  for (int i = 0; i < 10; ++i) {
    const auto choice = choose_host(hosts, gib);
    std::reverse(hosts.begin(), hosts.end());
    REQUIRE(choose_host(hosts, gib).host == choice.host);
    for (auto& host : hosts) host.instances += host.name == choice.host ? 1 : 0;
  }
  const auto [least, most] = std::minmax_element(
      hosts.begin(), hosts.end(), [](const auto& a, const auto& b) { return a.instances < b.instances; });
  CHECK(most->instances - least->instances == 1);
}
