// C2, C5 on two real hosts: a shadow whose host is full becomes the full desktop on the other one; ghosts are
// made where they cost least.
#include "base/fd.hpp"
#include "real/lab_host.hpp"
#include "real/playground.hpp"
#include "support/catch.hpp"

using namespace deskloom;
using test::Playground;

namespace {

constexpr const char* only_here = "hosts = [\"local\"]";

// Room for one whole desktop and a ghost on "local".
std::string policy(const std::string& other_host) {
  return std::string(only_here) +
         "\nfloor = 1\nvcpus = 2\nmemory = \"512MiB\"\nminimal_vcpus = 1\nminimal_memory = \"192MiB\"\n"
         "[host.local]\nmemory_limit = \"720MiB\"\n[host.roomy]\nuri = \"" +
         other_host + "\"\n";
}

}  // namespace

TEST_CASE("C2: a shadow whose host is full moves to the other host, with all that its user left behind") {
  if (!test::lab_works()) return;
  const test::TempDir lab;
  const test::LabHost host(lab / "lab");
  const Playground playground("tiny", policy(host.uri()));
  playground.must({"pool", "apply"});
  const std::string first = playground.must({"session", "assign", "alice"}).at("instance");
  playground.must({"session", "connect", "alice"});
  playground.in_guest(first, "alice", "mkdir -p Documents && echo plan >Documents/plan.txt");
  playground.must({"session", "disconnect", "alice"});
  playground.in_guest(first, "alice", "echo later >>Documents/plan.txt");  // what was running goes on
  playground.must({"session", "assign", "bob"});
  CHECK(playground.run({"session", "assign", "carol"}).code != 0);

  const auto full = playground.run({"shadow", "inflate", "alice", "--full"});
  CHECK(full.code != 0);
  CHECK_THAT(full.err, test::Contains("host local is full"));

  playground.set_policy(only_here, "hosts = [\"local\", \"roomy\"]");
  const auto moved = playground.must({"shadow", "inflate", "alice", "--full"}).at("shadows").at(0);
  const std::string second = moved.at("instance");
  CHECK(second != first);
  CHECK(playground.must({"instance", "show", second}).at("host") == "roomy");
  CHECK(playground.must({"instance", "show", first}).at("state") == "reclaimed");
  CHECK(playground.must({"session", "assign", "alice"}).at("instance") == second);
  CHECK(playground.in_guest(second, "alice", "nproc; cat Documents/plan.txt") == "2\nplan\nlater\n");
  CHECK(playground.must({"instance", "list", "--orphans"}).at("orphans").empty());
}

TEST_CASE(
    "C5: ghosts are made where they cost least; beside one that may be taken away another stands elsewhere") {
  if (!test::lab_works()) return;
  const test::TempDir lab;
  const test::LabHost host(lab / "lab");
  const auto spot = lab / "spot.csv";
  const Playground playground("tiny",
                              "hosts = [\"local\", \"roomy\"]\nfloor = 1\nmemory = \"192MiB\"\n"
                              "[host.local]\n[host.roomy]\nuri = \"" +
                                  host.uri() +
                                  "\"\n[price.here]\nhosts = [\"local\"]\nhost_hour = 4\n"
                                  "[price.there]\nhosts = [\"roomy\"]\nhost_hour = 1\n[spot]\nfile = \"" +
                                  spot.string() + "\"\n");
  const auto ghosts = [&] {
    return playground.must({"instance", "list", "--state", "warm"}).at("instances");
  };
  base::write_file_durably(spot, "host,eviction_per_hour\nroomy,0\n");
  playground.must({"pool", "apply"});
  REQUIRE(ghosts().size() == 1);
  CHECK(ghosts().at(0).at("host") == "roomy");

  base::write_file_durably(spot, "host,eviction_per_hour\nroomy,0.9\n");
  playground.must({"pool", "apply"});
  REQUIRE(ghosts().size() == 2);
  const auto evicted = ghosts().at(0).at("host") == "roomy" ? ghosts().at(0) : ghosts().at(1);
  CHECK(evicted.at("host") == "roomy");
  playground.cut_power(evicted.at("name"));
  const auto assigned = playground.must({"session", "assign", "alice"});
  CHECK(assigned.at("action") == "stitched");
  CHECK(playground.must({"instance", "show", assigned.at("instance")}).at("host") == "local");
}
