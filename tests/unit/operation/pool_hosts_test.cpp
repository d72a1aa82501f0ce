// Where a pool's next instance is made: by memory, price and risk (SPEC C5).
#include "operation/pool_hosts.hpp"

#include <fstream>

#include "operation/provision.hpp"
#include "support/catch.hpp"
#include "support/temp_world.hpp"

using namespace deskloom;

namespace {

// Hosts "cloud" and "own": the first costs nothing, as long as nothing else is said.
class TwoHosts {
 public:
  TwoHosts() : world(dir.path()) {
    auto& policy = world.policy();
    policy.time_zone = "UTC";
    policy.hosts.clear();
    for (const std::string name : {"cloud", "own"}) policy.hosts[name].name = name;
    price("own", 1);
  }
  void price(const std::string& host, double cpu_hour) {
    world.policy().prices[host].hosts = {host};
    world.policy().prices[host].cpu_hour = cpu_hour;
  }
  std::string chosen() { return operation::choose_pool_host(world.world(), world.pool()); }
  void write_spot(const std::string& text) {
    world.policy().spot.file = dir / "spot.csv";
    std::ofstream(dir / "spot.csv") << text;
  }

  test::TempDir dir;
  test::TempWorld world;
};

}  // namespace

TEST_CASE("C5: an instance is made where it costs least") {
  TwoHosts hosts;
  CHECK(hosts.chosen() == "cloud");
  hosts.price("cloud", 1.5);
  CHECK(hosts.chosen() == "own");
  hosts.write_spot("host,factor\ncloud,0.5\n");
  CHECK(hosts.chosen() == "cloud");
}

TEST_CASE("C5: an instance is priced as what it will be: a ghost for an hour, and then in use") {
  TwoHosts hosts;
  auto& pool = hosts.world.pool();
  pool.vcpus = 4;
  pool.minimal_vcpus = 1;
  const auto price_of_own = [&] {
    return operation::host_candidates(hosts.world.world(), pool).at(1).price.value();
  };
  CHECK(price_of_own() == Approx((1 + 7 * 4) / 8.0));
  auto& prices = hosts.world.policy().prices;
  prices["own"].cpu_hour = 0;
  prices["own"].gpu_hour = 8;
  pool.gpus = 1;
  CHECK(price_of_own() == Approx(7));
}

TEST_CASE("C5: the price of a region holds for the hosts that stand there and have none of their own") {
  TwoHosts hosts;
  auto& policy = hosts.world.policy();
  policy.hosts["cloud"].region = policy.hosts["own"].region = "north";
  policy.prices["region"].regions = {"north"};
  policy.prices["region"].cpu_hour = 1.5;
  CHECK(hosts.chosen() == "own");
  policy.prices["region"].cpu_hour = 0.5;
  CHECK(hosts.chosen() == "cloud");
  policy.prices["region"].hosts = {"own"};  // named beside it: two prices for the host, the first by name
  policy.prices.erase("own");
  CHECK(hosts.chosen() == "cloud");
}

TEST_CASE(
    "C6: an instance that is to have a GPU is made where one is left, counting those promised to ghosts") {
  TwoHosts hosts;
  hosts.world.policy().hosts["own"].gpus = {"0000:01:00.0"};
  hosts.world.pool().gpus = 1;
  CHECK(hosts.chosen() == "own");
  operation::provision(hosts.world.world(), hosts.world.pool(), "own", "test");
  CHECK_THROWS_WITH(hosts.chosen(), test::Contains("own") && test::Contains("and 0 GPUs"));
}

TEST_CASE("G3: a cluster counts its GPUs itself") {
  TwoHosts hosts;
  hosts.world.policy().hosts["own"].engine = "kubernetes";
  hosts.world.pool().hosts = {"cloud", "own"};
  hosts.world.pool().gpus = 2;
  CHECK(hosts.chosen() == "own");
}

TEST_CASE("G3: a pool that names no hosts has those that run the like of its image") {
  TwoHosts hosts;
  hosts.world.policy().hosts["own"].engine = "podman";
  auto& pool = hosts.world.pool();
  const auto names = [&] { return operation::hosts_of(hosts.world.policy(), pool); };
  CHECK(names() == std::vector<std::string>{"cloud"});
  std::filesystem::create_directories(hosts.dir / "images/box");
  std::ofstream(hosts.dir / "images/box/image.json") << R"({"version": 1, "container": "localhost/box:1"})";
  pool.image = "box";
  CHECK(names() == std::vector<std::string>{"own"});
  pool.image = "absent";
  CHECK(names().size() == 2);
  pool.hosts = {"cloud"};
  CHECK(names() == std::vector<std::string>{"cloud"});
}

TEST_CASE("C5: the wait of those who lose their desktop counts") {
  TwoHosts hosts;
  hosts.write_spot("host,price,eviction_per_hour\ncloud,0.8,0.04\n");
  CHECK(hosts.chosen() == "cloud");
  hosts.world.pool().wait_cost = 4;  // two minutes of it with probability 0.04
  CHECK(hosts.chosen() == "own");
}

TEST_CASE("C5: a broken file of spot prices costs money, not a desktop") {
  TwoHosts hosts;
  hosts.write_spot("host,price\nown,free\n");
  CHECK(hosts.chosen() == "cloud");
  REQUIRE(hosts.world.said.size() == 1);
  CHECK_THAT(hosts.world.said[0], test::Contains("'price' must be a number"));
}
