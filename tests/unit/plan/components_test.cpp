// F1: components are placed as they wish, or it is said why not.
#include "plan/components.hpp"

#include <algorithm>
#include <map>
#include <random>

#include "support/catch.hpp"

using namespace deskloom::plan;

namespace {

constexpr std::uint64_t gib = 1ULL << 30;

ComponentWish wish(const std::string& name, bool is_container, std::uint64_t memory_bytes = gib) {
  return {name, is_container, memory_bytes, {}, {}};
}

std::string host_of(const ComponentPlacement& placement, const std::string& component) {
  for (const auto& place : placement.places) {
    if (place.component == component) return place.host;
  }
  return "nowhere";
}

using Wishes = std::vector<ComponentWish>;
using Hosts = std::vector<ComponentHost>;

// Whether each component has a host that is as it and the others wish.
bool holds(const Wishes& wishes, const Hosts& hosts, const std::map<std::string, std::string>& at) {
  std::map<std::string, std::uint64_t> used;
  for (const auto& w : wishes) {
    used[at.at(w.name)] += w.memory_bytes;
    for (const auto& other : w.apart_from) {
      if (at.at(other) == at.at(w.name)) return false;
    }
    for (const auto& other : w.together_with) {
      if (at.at(other) != at.at(w.name)) return false;
    }
    const auto host = std::ranges::find(hosts, at.at(w.name), &ComponentHost::name);
    if (host->runs_containers != w.is_container) return false;
  }
  return std::ranges::all_of(hosts, [&](const ComponentHost& host) {
    return !host.free_memory_bytes || used[host.name] <= *host.free_memory_bytes;
  });
}

Hosts what_is_left(Hosts hosts, const Wishes& wishes, const std::map<std::string, std::string>& at) {
  for (const auto& w : wishes)
    *std::ranges::find(hosts, at.at(w.name), &ComponentHost::name)->free_memory_bytes -= w.memory_bytes;
  return hosts;
}

// By trying all there are.
bool is_possible(const Wishes& wishes, const Hosts& hosts, std::map<std::string, std::string> at = {}) {
  if (at.size() == wishes.size()) return holds(wishes, hosts, at);
  return std::ranges::any_of(hosts, [&](const ComponentHost& host) {
    at[wishes[at.size()].name] = host.name;
    const bool possible = is_possible(wishes, hosts, at);
    at.erase(wishes[at.size() - 1].name);
    return possible;
  });
}

struct Riddle {
  Wishes wishes;
  Hosts hosts;
};

Riddle random_riddle(std::mt19937& random) {
  const auto up_to = [&](unsigned max) { return random() % (max + 1); };
  Riddle riddle;
  const char* names[] = {"a", "b", "c", "d", "e"};
  for (unsigned i = 0; i <= up_to(4); ++i)
    riddle.wishes.push_back(wish(names[i], up_to(2) == 0, (1 + up_to(2)) * gib));
  for (auto& w : riddle.wishes) {
    const auto& other = riddle.wishes[up_to(static_cast<unsigned>(riddle.wishes.size()) - 1)].name;
    if (other == w.name) continue;
    if (const auto kind = up_to(3); kind < 2) (kind == 0 ? w.apart_from : w.together_with).push_back(other);
  }
  for (unsigned i = 0; i <= up_to(3); ++i)
    riddle.hosts.push_back({std::string(1, static_cast<char>('p' + i)), up_to(1) == 0, up_to(6) * gib,
                            static_cast<int>(up_to(3))});
  return riddle;
}

}  // namespace

TEST_CASE(
    "F1: containers and virtual machines go where they can run, to the host with the fewest instances") {
  const Hosts hosts{{"machines", false, 8 * gib, 0}, {"b", true, 8 * gib, 2}, {"a", true, 8 * gib, 3}};
  const Wishes wishes{wish("front", false), wish("db", true)};
  const auto placement = place_components(wishes, hosts);
  CHECK(placement.problem.empty());
  CHECK(host_of(placement, "front") == "machines");
  CHECK(host_of(placement, "db") == "b");
}

TEST_CASE("F1: what is to be apart is apart, and what belongs together is together") {
  const Hosts hosts{{"a", true, std::nullopt, 0}, {"b", true, std::nullopt, 9}};
  Wishes wishes{wish("db", true), wish("copy", true), wish("cache", true)};
  wishes[1].apart_from = {"db"};
  wishes[2].together_with = {"copy"};
  const auto placement = place_components(wishes, hosts);
  CHECK(host_of(placement, "db") != host_of(placement, "copy"));
  CHECK(host_of(placement, "cache") == host_of(placement, "copy"));
}

TEST_CASE("F1: components that go to one host need room there together") {
  const Hosts hosts{{"a", true, 3 * gib, 0}, {"b", true, 2 * gib, 0}};
  const Wishes wishes{wish("x", true, 2 * gib), wish("y", true, gib), wish("z", true, 2 * gib)};
  CHECK(place_components(wishes, hosts).problem.empty());
  const Wishes larger{wish("x", true, 2 * gib), wish("y", true, 2 * gib), wish("z", true, 2 * gib)};
  CHECK(place_components(larger, hosts).problem ==
        "no way to spread the components over 2 hosts gives each its room, and keeps those apart that are to "
        "be");
}

TEST_CASE("F1: what cannot be placed is said with its reason") {
  const Hosts hosts{{"a", true, gib, 0}};
  Wishes wishes{wish("x", true), wish("y", false)};
  CHECK(place_components(wishes, hosts).problem == "no host runs virtual machines for y");
  wishes[0].together_with = {"y"};
  CHECK(place_components(wishes, hosts).problem ==
        "x, y are to be on one host, but are containers and virtual machines");
  Wishes both{wish("x", true), wish("y", true)};
  both[0].together_with = both[0].apart_from = {"y"};
  CHECK(place_components(both, hosts).problem == "x, y are to be on one host and apart from each other");
  CHECK(place_components(Wishes{wish("x", true, 2 * gib)}, hosts).problem ==
        "no host has 2.0 GiB of memory free for x");
  CHECK(place_components(Wishes{}, {}).problem.empty());
}

TEST_CASE("F1: a placement is found exactly when there is one, and holds") {
  std::mt19937 random(20261122);
  int possible = 0, movable = 0;
  for (int i = 0; i < 2000; ++i) {
    auto [wishes, hosts] = random_riddle(random);
    const auto placement = place_components(wishes, hosts);
    REQUIRE(placement.problem.empty() == is_possible(wishes, hosts));
    if (!placement.problem.empty()) continue;
    ++possible;
    std::map<std::string, std::string> at;
    for (const auto& [component, host] : placement.places) at[component] = host;
    REQUIRE(holds(wishes, hosts, at));
    const auto& moving = wishes[random() % wishes.size()].name;
    if (const auto other =
            place_elsewhere(wishes, placement.places, moving, what_is_left(hosts, wishes, at))) {
      REQUIRE(*other != at[moving]);
      at[moving] = *other;
      REQUIRE(holds(wishes, hosts, at));
      ++movable;
    }
    std::ranges::reverse(hosts);
    const auto again = place_components(wishes, hosts);
    REQUIRE(std::ranges::equal(placement.places, again.places, [](const auto& a, const auto& b) {
      return a.component == b.component && a.host == b.host;
    }));
  }
  CHECK(possible > 200);
  CHECK(possible < 1800);
  CHECK(movable > 50);
}

TEST_CASE("F1: a container with a rate goes to a cluster, and what shares its host with it") {
  Wishes wishes{wish("db", true), wish("worker", true)};
  wishes[0].needs_cluster = true;
  wishes[1].together_with = {"db"};
  Hosts hosts{{"pods", true, 8 * gib, 0}, {"vms", false, 8 * gib, 0}};
  CHECK(place_components(wishes, hosts).problem ==
        "no host runs containers with rates or GPUs for db, worker");
  hosts.push_back({"cluster", true, 8 * gib, 5, true});
  const auto placement = place_components(wishes, hosts);
  CHECK(host_of(placement, "db") == "cluster");
  CHECK(host_of(placement, "worker") == "cluster");
  CHECK_FALSE(place_elsewhere(wishes, placement.places, "db", hosts));
}
