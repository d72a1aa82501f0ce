// G3: what Podman and kubectl print of pods and hosts, and what they do not.
#include "fleet/container/pod_status.hpp"

#include "base/json.hpp"
#include "fleet/container/quantity.hpp"
#include "throws.hpp"

using namespace deskloom;
using fleet::PodPhase;
using test::contains;
using test::error_of;

namespace {

// As Podman 4.3.1 prints it, less what we do not read.
std::string podman_pod(const std::string& status) {
  return R"([{"Cgroup": "/libpod_parent", "Containers": [
      {"Id": "16d0", "Names": "e51cfe8780bd-infra", "Status": "running"},
      {"Id": "f7f8", "Names": "desk-1-desktop", "Status": ")" +
         status +
         R"("}], "Created": "2026-11-22T12:58:51.9Z", "Name": "desk-1", "Networks": [], "Status": "Running",
      "Labels": {"app.kubernetes.io/managed-by": "deskloom", "deskloom.org/instance": "desk-1",
                 "deskloom.org/display": "vnc-5901"}}])";
}

std::string kubectl_pod(const std::string& status) {
  return R"({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "desk-1", "namespace": "desktops",
      "labels": {"app.kubernetes.io/managed-by": "deskloom", "deskloom.org/instance": "desk-1"}},
      "spec": {}, "status": )" +
         status + "}";
}

fleet::PodStatus kubectl_status(const std::string& status) {
  return fleet::parse_kubectl_pods(kubectl_pod(status)).at(0);
}

}  // namespace

TEST_CASE("G3: Podman's pods, with the phase of the desktop in them") {
  const auto pod = fleet::parse_podman_pods(podman_pod("running")).at(0);
  CHECK(pod.name == "desk-1");
  CHECK(pod.is_ours);
  CHECK(pod.phase == PodPhase::running);
  CHECK(pod.display->protocol == "vnc");
  CHECK(pod.display->port == 5901);
  CHECK(fleet::parse_podman_pods(podman_pod("paused")).at(0).phase == PodPhase::paused);
  CHECK(fleet::parse_podman_pods(podman_pod("exited")).at(0).phase == PodPhase::ended);
  CHECK(fleet::parse_podman_pods(podman_pod("created")).at(0).phase == PodPhase::waiting);
  CHECK(fleet::parse_podman_pods("[]").empty());
}

TEST_CASE("G3: a pod that others made, or that is labelled as another instance, is not ours") {
  CHECK_FALSE(fleet::parse_podman_pods(R"([{"Name": "web", "Labels": {}}])").at(0).is_ours);
  CHECK_FALSE(fleet::parse_podman_pods(R"([{"Name": "web", "Labels": null}])").at(0).is_ours);
  CHECK_FALSE(fleet::parse_podman_pods(R"([{"Name": "web", "Labels":
      {"app.kubernetes.io/managed-by": "deskloom", "deskloom.org/instance": "desk-1"}}])")
                  .at(0)
                  .is_ours);
}

TEST_CASE("G3: kubectl's pods: running, ended, being deleted") {
  const auto running = kubectl_status(
      R"({"phase": "Running", "podIP": "10.1.2.3", "containerStatuses": [{"state": {"running": {}}}]})");
  CHECK(running.phase == PodPhase::running);
  CHECK(running.is_ours);
  CHECK(running.address == "10.1.2.3");
  const auto ended = kubectl_status(R"({"phase": "Failed", "containerStatuses": [{"state":
      {"terminated": {"exitCode": 137, "reason": "OOMKilled"}}}]})");
  CHECK(ended.phase == PodPhase::ended);
  CHECK(ended.detail == "exit code 137, OOMKilled");
  auto leaving = base::Json::parse(kubectl_pod(R"({"phase": "Running"})"));
  leaving["metadata"]["deletionTimestamp"] = "2026-11-22T12:00:00Z";
  CHECK(fleet::parse_kubectl_pods(leaving.dump()).at(0).phase == PodPhase::waiting);
}

TEST_CASE("G3: why a pod waits is told, and whether it waits in vain") {
  const auto creating = kubectl_status(
      R"({"phase": "Pending", "containerStatuses": [{"state": {"waiting": {"reason": "ContainerCreating"}}}]})");
  CHECK(creating.phase == PodPhase::waiting);
  CHECK_FALSE(creating.is_hopeless);
  const auto no_image = kubectl_status(R"({"phase": "Pending", "containerStatuses": [{"state": {"waiting":
      {"reason": "ErrImageNeverPull", "message": "Container image \"localhost/desk:1\" is not present"}}}]})");
  CHECK(no_image.is_hopeless);
  CHECK(no_image.detail == "ErrImageNeverPull: Container image \"localhost/desk:1\" is not present");
  const auto no_node = kubectl_status(R"({"phase": "Pending", "conditions": [{"type": "PodScheduled",
      "status": "False", "reason": "Unschedulable", "message": "0/3 nodes are available: 3 Insufficient cpu."}]})");
  CHECK_FALSE(no_node.is_hopeless);
  CHECK(no_node.detail == "Unschedulable: 0/3 nodes are available: 3 Insufficient cpu.");
}

TEST_CASE("G3: kubectl's lists, and nothing at all for a pod that is not there") {
  CHECK(fleet::parse_kubectl_pods("").empty());
  CHECK(fleet::parse_kubectl_pods("\n").empty());
  CHECK(fleet::parse_kubectl_pods(R"({"kind": "List", "items": []})").empty());
  const std::string two =
      R"({"kind": "List", "items": [)" + kubectl_pod("{}") + "," + kubectl_pod("{}") + "]}";
  CHECK(fleet::parse_kubectl_pods(two).size() == 2);
}

TEST_CASE("G3: output that is not what was asked for names the program") {
  const char* hostile[] = {"",
                           "not json",
                           "{}",
                           "7",
                           "null",
                           "[7]",
                           "[{}]",
                           R"([{"Name": 7}])",
                           "[null]",
                           "[[]]",
                           R"({"kind": "List", "items": 7})",
                           R"({"kind": "List", "items": [7]})",
                           R"({"kind": "Pod"})",
                           R"({"kind": "Pod", "metadata": {"name": ["a"]}})"};
  for (const char* text : hostile) {
    CAPTURE(text);
    CHECK(contains(error_of([&] { fleet::parse_podman_pods(text); }).what(), "podman did not print"));
    if (*text == '\0') continue;
    CHECK(contains(error_of([&] { fleet::parse_kubectl_pods(text); }).what(), "kubectl did not print"));
  }
}

TEST_CASE("G3: members of the wrong kind count as absent, and no text can move a cursor") {
  const auto odd = fleet::parse_podman_pods(
                       R"([{"Name": "desk-1", "Containers": {"a": 1}, "Labels": [1, 2], "Status": 7}])")
                       .at(0);
  CHECK(odd.phase == PodPhase::waiting);
  CHECK_FALSE(odd.is_ours);
  for (const char* label : {"vnc", "vnc-", "vnc-0", "vnc-70000", "vnc-1x", "-"}) {
    const std::string text =
        std::string(R"([{"Name": "a", "Labels": {"deskloom.org/display": ")") + label + "\"}}]";
    CHECK_FALSE(fleet::parse_podman_pods(text).at(0).display);
  }
  const auto loud = kubectl_status(
      "{\"containerStatuses\": [{\"state\": {\"waiting\": {\"reason\": \"\\u001b[2J\", \"message\": \"" +
      std::string(5000, 'x') + "\"}}}]}");
  CHECK_FALSE(contains(loud.detail, "\x1b"));
  CHECK(loud.detail.size() <= 300);
  CHECK(kubectl_status(R"({"phase": 1, "containerStatuses": [7], "conditions": [7]})").phase ==
        PodPhase::waiting);
}

TEST_CASE("G3: what Podman and a cluster are") {
  const auto podman = fleet::parse_podman_info(
      R"({"host": {"cpus": 2, "memTotal": 25276502016}, "version": {"Version": "4.3.1"}})");
  CHECK(podman.hypervisor == "Podman 4.3.1");
  CHECK(podman.cpus == 2);
  CHECK(podman.memory_bytes == 25276502016);
  CHECK(contains(error_of([] { fleet::parse_podman_info("{}"); }).what(), "podman did not print what it is"));

  const char* version =
      R"({"clientVersion": {"gitVersion": "v1.32.4"}, "serverVersion": {"gitVersion": "v1.33.1"}})";
  const auto cluster = fleet::parse_cluster(version, R"({"items": [
      {"status": {"allocatable": {"cpu": "3920m", "memory": "16393244Ki"}}},
      {"status": {"allocatable": {"cpu": "4", "memory": "8Gi"}}}, {"status": {}}]})");
  CHECK(cluster.hypervisor == "Kubernetes v1.33.1");
  CHECK(cluster.cpus == 7);
  CHECK(cluster.memory_bytes == (16393244ULL << 10) + (8ULL << 30));
  CHECK(fleet::parse_cluster(version, "").cpus == 0);
  CHECK(contains(error_of([] { fleet::parse_cluster(R"({"clientVersion": {}})", ""); }).what(),
                 "kubectl did not print the cluster's version"));
}

TEST_CASE("G3: quantities as Kubernetes writes them") {
  CHECK(fleet::parse_quantity("2") == 2);
  CHECK(fleet::parse_quantity("250m") == 0.25);
  CHECK(fleet::parse_quantity("1.5Gi") == 1.5 * (1 << 30));
  CHECK(fleet::parse_quantity("1e3") == 1000);
  CHECK(fleet::parse_quantity("128M") == 128e6);
  for (const char* text : {"", "m", "-1", "1 Gi", "1Xi", "1e999", "inf", "nan"}) {
    CAPTURE(text);
    CHECK_FALSE(fleet::parse_quantity(text));
  }
}
