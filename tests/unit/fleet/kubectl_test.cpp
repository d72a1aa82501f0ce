// G3: the same manifest on a cluster, by a stand-in for kubectl that says what kubectl says (tests/support).
#include "fleet/container/kubectl.hpp"

#include <cstdlib>
#include <cstring>
#include <fstream>

#include "base/fd.hpp"
#include "base/json.hpp"
#include "specs.hpp"
#include "support/temp_dir.hpp"
#include "throws.hpp"

using namespace deskloom;
using namespace std::chrono_literals;
using base::ErrorKind;
using test::contains;
using test::error_of;

namespace {

// A cluster of its own, first in PATH.
class Cluster {
 public:
  explicit Cluster(const std::string& faults = {}) : path_(std::getenv("PATH")) {
    have(faults);
    ::setenv("KUBECTL_STAND_IN", directory_.path().c_str(), 1);
    ::setenv("PATH", (std::string(DESKLOOM_SOURCE_DIR "/tests/support:") + path_).c_str(), 1);
    fleet::HostTarget target;
    target.name = "cluster";
    target.engine = "kubernetes";
    target.context = "desks";
    target.kube_namespace = "desktops";
    runtime_ = fleet::open_runtime(target);
    spec_.directory = directory_ / "instances/desk-1";
  }
  ~Cluster() {
    ::setenv("PATH", path_.c_str(), 1);
    ::unsetenv("KUBECTL_STAND_IN");
  }
  Cluster(const Cluster&) = delete;
  Cluster& operator=(const Cluster&) = delete;

  void have(const std::string& faults) const { std::ofstream(directory_ / "faults") << faults; }
  fleet::KubectlRuntime& operator()() const { return dynamic_cast<fleet::KubectlRuntime&>(*runtime_); }
  fleet::InstanceSpec& spec() { return spec_; }
  const test::TempDir& directory() const { return directory_; }
  void start() {
    (*this)().create_disks(spec_);
    (*this)().start(spec_);
  }

 private:
  std::string path_;
  test::TempDir directory_;
  fleet::InstanceSpec spec_ = test::container_spec();
  std::unique_ptr<fleet::Runtime> runtime_;
};

}  // namespace

TEST_CASE("G3: kubectl applies an instance, runs in it, and deletes it without a trace") {
  Cluster cluster;
  cluster.start();
  cluster.start();  // again is nothing
  CHECK(base::Json::parse(base::read_file(cluster.spec().directory / "pod.json", 1 << 16))["kind"] == "Pod");
  cluster().wait_for_agent("desk-1", 5s);
  CHECK(cluster().running() == std::vector<std::string>{"desk-1"});
  CHECK(cluster().is_running("desk-1"));
  const auto ran = cluster().exec("desk-1", {"/bin/sh", "-c", "echo out; echo err >&2; exit 7"}, 5s);
  CHECK(ran.exit_code == 7);
  CHECK(ran.out == "out\n");
  CHECK(contains(ran.err, "err"));
  cluster().destroy("desk-1", cluster.spec().directory);
  cluster().destroy("desk-1", cluster.spec().directory);  // again is nothing
  CHECK(cluster().running().empty());
  CHECK_FALSE(std::filesystem::exists(cluster.spec().directory));
}

TEST_CASE("F1: a pod of a cluster is found at its own address") {
  Cluster cluster;
  cluster.start();
  CHECK(cluster().address("desk-1").ip == "10.1.2.3");
  CHECK_FALSE(cluster().address("desk-1").is_hosts_network);
  CHECK(error_of([&] { cluster().address("desk-2"); }).kind() == ErrorKind::not_found);
}

TEST_CASE("G3: a file is written and the helper talked to through kubectl exec") {
  Cluster cluster;
  cluster.start();
  const std::string file = cluster.directory() / "written";
  const std::string content("a\0b\n\xff", 5);
  cluster().write_file("desk-1", file, content);
  CHECK(base::read_file(file, 100) == content);
  CHECK(error_of([&] { cluster().write_file("desk-1", "/nowhere/at/all", "x"); }).kind() == ErrorKind::guest);

  const auto channel = cluster().start_helper("desk-1", {"/bin/sh", "-c", "exec cat"}, 5s);
  const std::string sent = "hello";
  channel->write(std::as_bytes(std::span(sent)));
  std::array<std::byte, 5> got{};
  REQUIRE(channel->read(got) == 5);
  CHECK(std::memcmp(got.data(), sent.data(), 5) == 0);
}

TEST_CASE("G3: what a cluster is, whether or not its nodes may be looked at") {
  const Cluster cluster;
  CHECK(cluster().probe().hypervisor == "Kubernetes v1.33.1");
  CHECK(cluster().probe().memory_bytes == 8ULL << 30);
  cluster.have("no-nodes");
  CHECK(cluster().probe().cpus == 0);
}

TEST_CASE("G3: a cluster that refuses a Pod is quoted, and nothing is left there") {
  Cluster cluster("restricted");
  const auto error = error_of([&] { cluster.start(); });
  CHECK(contains(error.what(), "cannot start instance desk-1 on host cluster"));
  CHECK(contains(error.what(), "violates PodSecurity \"baseline:latest\": host namespaces"));
  CHECK(cluster().running().empty());
}

TEST_CASE("G3: a pod that waits in vain is not waited for") {
  Cluster cluster;
  cluster.spec().image.container->reference = "localhost/absent:1";
  cluster.start();
  const auto error = error_of([&] { cluster().wait_for_agent("desk-1", 60s); });
  CHECK(error.kind() == ErrorKind::guest);
  CHECK(contains(error.what(), "ErrImageNeverPull: Container image \"localhost/absent:1\" is not present"));
}

TEST_CASE("G3: a pod that gets no node is told with the reason when the wait is over") {
  Cluster cluster("full");
  cluster.start();
  const auto error = error_of([&] { cluster().wait_for_agent("desk-1", 10ms); });
  CHECK(contains(error.what(), "did not answer within 10 ms: Unschedulable: 0/1 nodes are available"));
  CHECK(error_of([&] { cluster().exec("desk-1", {"/bin/true"}, 5s); }).kind() == ErrorKind::guest);
}

TEST_CASE("G3: a pod has the network rate that it was made with, and no other") {
  Cluster cluster;
  cluster.spec().image.container->host_network = false;
  cluster.spec().allocation.network_bytes_s = 2 << 20;
  cluster.start();
  cluster().set_network_limit("desk-1", 2 << 20);
  const auto error = error_of([&] { cluster().set_network_limit("desk-1", 1 << 20); });
  CHECK(error.kind() == ErrorKind::usage);
  CHECK(contains(error.what(), "instance desk-1: the network rate of a pod that runs cannot be changed"));
}

TEST_CASE("G3: a running pod is resized, and its own control group is believed") {
  Cluster cluster;
  cluster.start();
  cluster().set_vcpus("desk-1", 4, 5s);
  cluster().set_memory("desk-1", 1ULL << 30, 5s);
  const auto usage = cluster().usage();
  REQUIRE(usage.size() == 1);
  CHECK(usage[0].cpu_ns == 5'000'000);
  cluster.have("old");
  const auto error = error_of([&] { cluster().set_vcpus("desk-1", 2, 5s); });
  CHECK(error.kind() == ErrorKind::usage);
  CHECK(contains(error.hint(), "Kubernetes 1.33"));
}

TEST_CASE("G3: what a container cannot do is refused in plain words") {
  Cluster cluster;
  cluster.start();
  const std::function<void()> calls[] = {
      [&] { cluster().suspend("desk-1"); },
      [&] { cluster().resume("desk-1"); },
      [&] { cluster().set_network_limit("desk-1", 1 << 20); },
      [&] { cluster().set_storage_limit("desk-1", 1 << 20); },
      [&] { cluster().save("desk-1", "/tmp/x"); },
      [&] { cluster().attach_gpu("desk-1", "pci:0000:01:00.0", 1s); },
      [&] { cluster().open_volume("desk-1", {}); },
      [&] { cluster().attach_volume("desk-1", {}, {}, 1s); },
      [&] { cluster().volume_locality("desk-1", "persona"); },
      [&] { cluster().localise_volume("desk-1", {}, 0); },
      [&] { cluster().save_memory("desk-1", {}); },
      [&] { cluster().open_channel("desk-1", 1s); },
  };
  for (const auto& call : calls) {
    const auto error = error_of(call);
    CHECK(error.kind() == ErrorKind::usage);
    CHECK(contains(error.what(), "instance desk-1"));
  }
  CHECK_NOTHROW(cluster().set_network_limit("desk-1", 0));
}

TEST_CASE("G3: another's pod of the same name is neither taken nor removed") {
  Cluster cluster;
  std::ofstream(cluster.directory() / "desk-1.pod")
      << R"({"kind": "Pod", "metadata": {"name": "desk-1", "labels": {}}, "status": {"phase": "Running"}})";
  CHECK_FALSE(cluster().is_running("desk-1"));
  CHECK(contains(error_of([&] { cluster.start(); }).what(), "a pod desk-1 that deskloom did not make"));
  CHECK(contains(error_of([&] { cluster().destroy("desk-1", cluster.spec().directory); }).what(),
                 "a pod desk-1 that deskloom did not make"));
  CHECK(std::filesystem::exists(cluster.directory() / "desk-1.pod"));
}

TEST_CASE("G3: a pod that is gone is not found; a cluster that is gone is unreachable") {
  const Cluster cluster;
  CHECK(error_of([&] { cluster().exec("desk-1", {"/bin/true"}, 5s); }).kind() == ErrorKind::not_found);
  CHECK(error_of([&] { cluster().wait_for_agent("desk-1", 5s); }).kind() == ErrorKind::not_found);
  cluster.have("unreachable");
  const auto error = error_of([&] { cluster().running(); });
  CHECK(error.kind() == ErrorKind::host_unreachable);
  CHECK(contains(error.what(), "connection to the server localhost:8080 was refused"));
  CHECK_FALSE(contains(error.what(), "memcache"));
}

TEST_CASE("G3: a program in a pod that does not end is ended for its caller") {
  Cluster cluster;
  cluster.start();
  const auto error = error_of([&] { cluster().exec("desk-1", {"/bin/sh", "-c", "exec sleep 60"}, 300ms); });
  CHECK(error.kind() == ErrorKind::guest);
  CHECK(contains(error.what(), "instance desk-1 does not answer"));
}
