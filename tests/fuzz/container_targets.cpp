#include "fleet/container/cgroup.hpp"
#include "fleet/container/pod_status.hpp"
#include "fuzz/expect.hpp"

namespace deskloom::test {
namespace {

using base::ErrorKind;

bool run_podman_pods(Input input) {
  return accepts({ErrorKind::failed}, [&] { fleet::parse_podman_pods(text_of(input)); });
}

std::vector<std::string> podman_pods_seeds() {
  return {R"([{"Name": "desk-1", "Containers": [{"Names": "desk-1-desktop", "Status": "running"}],
               "Labels": {"app.kubernetes.io/managed-by": "deskloom", "deskloom.org/display": "vnc-5900"}}])"};
}

bool run_kubectl_pods(Input input) {
  return accepts({ErrorKind::failed}, [&] { fleet::parse_kubectl_pods(text_of(input)); });
}

std::vector<std::string> kubectl_pods_seeds() {
  return {R"({"kind": "List", "items": [{"kind": "Pod", "metadata": {"name": "desk-1", "labels": {}},
              "status": {"phase": "Failed", "podIP": "10.1.2.3", "containerStatuses": [{"state":
              {"terminated": {"exitCode": 137, "reason": "OOMKilled"}}}]}}]})",
          R"({"kind": "Pod", "metadata": {"name": "a"}, "status": {"conditions": [{"type": "PodScheduled",
              "status": "False", "reason": "Unschedulable", "message": "no node"}]}})"};
}

// Both documents of a cluster are one here.
bool run_cluster(Input input) {
  return accepts({ErrorKind::failed}, [&] { fleet::parse_cluster(text_of(input), text_of(input)); });
}

std::vector<std::string> cluster_seeds() {
  return {R"({"serverVersion": {"gitVersion": "v1.33.1"},
              "items": [{"status": {"allocatable": {"cpu": "3920m", "memory": "16393244Ki"}}}]})"};
}

bool run_cgroup(Input input) {
  return accepts({}, [&] { fleet::parse_cgroup(text_of(input)); });
}

std::vector<std::string> cgroup_seeds() {
  return {
      "cpu.max 150000 100000\nmemory.max 268435456\nio.stat 8:0 rbytes=4096 wbytes=8192\n"
      "blkio.throttle.io_service_bytes 8:0 Read 4096\ndev eth0: 1000 9 0 0 0 0 0 0 200 3 0 0 0 0 0 0\n"};
}

}  // namespace

std::vector<FuzzTarget> container_targets() {
  return {{"podman-pods", run_podman_pods, podman_pods_seeds},
          {"kubectl-pods", run_kubectl_pods, kubectl_pods_seeds},
          {"cluster", run_cluster, cluster_seeds},
          {"cgroup", run_cgroup, cgroup_seeds}};
}

}  // namespace deskloom::test
