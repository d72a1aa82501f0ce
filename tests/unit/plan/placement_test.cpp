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
  const auto choice = choose_host(hosts, {gib});
  CHECK(choice.host == "b");
  CHECK(choice.reason == "b has the fewest instances (1) of 3 candidates");
}

TEST_CASE("a host without the memory is passed over") {
  const std::vector<HostCandidate> hosts{{"a", gib - 1, 0}, {"b", gib, 9}};
  CHECK(choose_host(hosts, {gib}).host == "b");
}

TEST_CASE("C6: a host without the GPUs is passed over, and that is said") {
  const std::vector<HostCandidate> hosts{
      {.name = "plain", .free_memory_bytes = 4 * gib},
      {.name = "cards", .free_memory_bytes = 4 * gib, .instances = 9, .free_gpus = 1}};
  const auto choice = choose_host(hosts, {.memory_bytes = gib, .gpus = 1});
  CHECK(choice.host == "cards");
  CHECK(choice.verdicts[1].why == "has 0 GPUs free, 1 are needed");
  CHECK(choose_host(hosts, {.memory_bytes = gib, .gpus = 2}).reason ==
        "no host has 1.0 GiB of memory and 2 GPUs free: plain 4.0 GiB and 0 GPUs, cards 4.0 GiB and 1 GPU");
}

TEST_CASE("a host whose memory is not known counts as fitting") {
  const std::vector<HostCandidate> hosts{{"a", std::nullopt, 0}, {"b", gib, 1}};
  CHECK(choose_host(hosts, {gib}).host == "a");
}

TEST_CASE("when no host fits, the reason says what each has") {
  const std::vector<HostCandidate> hosts{{"a", gib, 0}, {"b", gib / 2, 0}};
  const auto choice = choose_host(hosts, {2 * gib});
  CHECK_FALSE(choice.host);
  CHECK(choice.reason == "no host has 2.0 GiB of memory free: a 1.0 GiB, b 512.0 MiB");
  CHECK(choose_host({}, {gib}).reason == "there is no host to choose from");
}

TEST_CASE("the choice does not depend on the candidates' order, and instances spread evenly") {
  std::vector<HostCandidate> hosts{{"a", 64 * gib, 0}, {"b", 64 * gib, 0}, {"c", 64 * gib, 0}};
  for (int i = 0; i < 10; ++i) {
    const auto choice = choose_host(hosts, {gib});
    std::reverse(hosts.begin(), hosts.end());
    REQUIRE(choose_host(hosts, {gib}).host == choice.host);
    for (auto& host : hosts) host.instances += host.name == choice.host ? 1 : 0;
  }
  const auto [least, most] = std::minmax_element(
      hosts.begin(), hosts.end(), [](const auto& a, const auto& b) { return a.instances < b.instances; });
  CHECK(most->instances - least->instances == 1);
}

TEST_CASE(
    "C5: the cheapest host is taken, though it has more instances, and the others lose by what they cost") {
  const std::vector<HostCandidate> hosts{
      {"a", 8 * gib, 0, 0.5, 0}, {"b", 8 * gib, 5, 0.2, 0}, {"c", gib, 0, 0.1, 0}};
  const auto choice = choose_host(hosts, {2 * gib, 0, 1});
  CHECK(choice.host == "b");
  CHECK(choice.reason == "b is the cheapest (0.2000 an hour) of 3 candidates");
  REQUIRE(choice.verdicts.size() == 3);
  CHECK(choice.verdicts[0].host == "b");
  CHECK(choice.verdicts[1].why == "costs 0.3000 more");
  CHECK(choice.verdicts[2].why == "has 1.0 GiB of memory free, 2.0 GiB are needed");
}

TEST_CASE("C5: the risk of eviction is priced in, and a risk beyond the service level comes last") {
  const std::vector<HostCandidate> hosts{{"own", 8 * gib, 0, 0.5, 0}, {"spot", 8 * gib, 0, 0.1, 0.04}};
  CHECK(choose_host(hosts, {gib, 1, 0.05}).host == "spot");
  const auto dear = choose_host(hosts, {gib, 20, 0.05});
  CHECK(dear.host == "own");
  CHECK(dear.verdicts[1].why == "costs 0.4000 more, its risk included");
  const auto risky = choose_host(hosts, {gib, 1, 0.01});
  CHECK(risky.host == "own");
  CHECK(risky.verdicts[1].why == "is taken away with probability 0.04, above the 0.01 of served_percent");
}

TEST_CASE("C5: a host for which nobody asks money is the cheapest") {
  const std::vector<HostCandidate> hosts{{"cloud", 8 * gib, 0, 0.5, 0}, {"own", 8 * gib, 7, std::nullopt, 0}};
  CHECK(choose_host(hosts, {gib, 0, 1}).host == "own");
}
