// G3: pools and sessions of a fleet on Kubernetes, in order: each case goes on where the one before ended. A
// stand-in for kubectl says what kubectl says, and Podman runs what it is told to run.
#include <fstream>

#include "base/fd.hpp"
#include "real/container_lab.hpp"
#include "real/playground.hpp"
#include "support/catch.hpp"

using namespace deskloom;

namespace {

class Cluster {
 public:
  Cluster() { test::use_stand_in_cluster(directory_.path()); }
  void have(const std::string& faults) const { std::ofstream(directory_ / "faults") << faults; }
  std::vector<std::string> pods() const {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(directory_.path()))
      if (entry.path().extension() == ".pod") names.push_back(entry.path().stem());
    return names;
  }
  const test::ContainerLab& lab() const { return lab_; }

 private:
  test::ContainerLab lab_;
  test::TempDir directory_;
};

Cluster& cluster() {
  static Cluster made;
  return made;
}

test::Playground& playground() {
  cluster();  // outlives the instances in it
  static test::Playground made(
      "container",
      "hosts = [\"cluster\"]\nfloor = 1\nghost_mode = \"paused\"\nmemory = \"128MiB\"\nvcpus = 2\n"
      "minimal_memory = \"96MiB\"\nminimal_vcpus = 1\n"
      "[host.cluster]\nengine = \"kubernetes\"\ncontext = \"desks\"\nnamespace = \"desktops\"\n");
  return made;
}

base::Json instances() { return playground().must({"instance", "list"}).at("instances"); }

std::string& alices() {
  static std::string instance;
  return instance;
}

// By the container's own control group.
std::string cpu_limit() {
  return playground().in_guest(
      alices(), "root", "cat /sys/fs/cgroup/cpu.max 2>/dev/null || cat /sys/fs/cgroup/cpu/cpu.cfs_quota_us");
}

}  // namespace

TEST_CASE("G3: a cluster that is not reached is an error that says so, and nothing is left of the ghost") {
  playground();
  cluster().have("unreachable");
  const auto refused = playground().run({"pool", "apply"});
  CHECK(refused.code == 12);  // the host is not reached
  CHECK_THAT(refused.out + refused.err, test::Contains("cluster"));
  cluster().have("");
  playground().must({"pool", "apply"});
  CHECK(cluster().pods().size() == 1);
  CHECK(playground().instances_by_state("warm").size() == 1);
  CHECK(playground().instances_by_state("failed").empty());
}

TEST_CASE("G3, B4: a ghost on a cluster waits running, because Kubernetes pauses no pod") {
  CHECK(instances().at(0).at("power") == "running");
  CHECK(instances().at(0).at("host") == "cluster");
  CHECK(playground().must({"pool", "apply"}).at("actions").empty());
}

TEST_CASE("G3, B2: its user gets all of it, and their persona comes and goes") {
  const auto assigned = playground().must({"session", "assign", "alice"});
  alices() = assigned.at("instance");
  CHECK(assigned.at("action") == "stitched");
  CHECK_THAT(cpu_limit(), test::StartsWith("200000"));
  playground().must({"session", "connect", "alice"});
  playground().in_guest(alices(), "alice", "mkdir -p Documents && echo plan >Documents/plan.txt");
  const auto left = playground().must({"session", "disconnect", "alice"});
  CHECK_FALSE(left.at("snapshot").is_null());
  CHECK_THAT(cpu_limit(), test::StartsWith("100000"));
  playground().must({"instance", "destroy", alices(), "--force"});
  CHECK(cluster().pods().empty());
  alices() = playground().must({"session", "assign", "alice"}).at("instance");
  CHECK(playground().in_guest(alices(), "alice", "cat Documents/plan.txt") == "plan\n");
}

TEST_CASE("G3, C2: a cluster that cannot resize is a clear error, and the desktop stays usable") {
  playground().must({"session", "connect", "alice"});
  playground().must({"session", "disconnect", "alice"});
  cluster().have("old");
  const auto refused = playground().run({"shadow", "inflate", "alice", "--full"});
  CHECK(refused.code != 0);
  CHECK_THAT(refused.err, test::Contains("cannot resize a running pod"));
  CHECK(playground().must({"shadow", "show", "alice"}).at("vcpus") == 1);
  CHECK(playground().in_guest(alices(), "alice", "cat Documents/plan.txt") == "plan\n");
  cluster().have("");
  playground().must({"shadow", "inflate", "alice", "--full"});
  CHECK_THAT(cpu_limit(), test::StartsWith("200000"));
}

TEST_CASE("I1: pods that the state store has forgotten are found, and removed by name alone") {
  const std::string copy = playground().dir() / "older.sqlite";
  playground().must({"state", "backup", copy});
  const auto made = playground().must({"pool", "apply"}).at("actions");
  REQUIRE_FALSE(made.empty());
  const std::string state = playground().dir() / "state.sqlite";
  for (const char* end : {"-wal", "-shm"}) std::filesystem::remove(state + end);
  std::filesystem::rename(copy, state);
  const auto orphans = playground().must({"instance", "list", "--orphans"}).at("orphans");
  REQUIRE(orphans.size() == made.size());
  CHECK(orphans.at(0).at("name") == made.at(0).at("instance"));
  for (const auto& orphan : orphans) playground().must({"instance", "destroy", orphan.at("name")});
  CHECK(playground().must({"instance", "list", "--orphans"}).at("orphans").empty());
}

TEST_CASE("G3: when its instances are destroyed, nothing is left on the cluster") {
  for (const auto& instance : instances())
    playground().must({"instance", "destroy", instance.at("name"), "--force"});
  CHECK(cluster().pods().empty());
  CHECK(cluster().lab().podman({"pod", "ps", "--quiet"}).empty());
}
