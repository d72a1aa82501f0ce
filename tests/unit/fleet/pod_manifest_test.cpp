// G3: an instance as a Pod, held to the schema of what we use of one.
#include "fleet/container/pod_manifest.hpp"

#include "base/process.hpp"
#include "specs.hpp"
#include "throws.hpp"

using namespace deskloom;
using test::contains;
using test::error_of;

namespace {

// What python3-jsonschema has against it; empty: nothing.
std::string objections(const base::Json& manifest) {
  base::ProcessOptions options;
  options.input = manifest.dump();
  const auto result = base::run_process({"/usr/bin/python3", DESKLOOM_SOURCE_DIR "/tests/support/validate.py",
                                         DESKLOOM_SOURCE_DIR "/tests/unit/fleet/pod.schema.json"},
                                        options);
  return result.exit_code == 0 ? "" : result.out + result.err + "?";
}

}  // namespace

TEST_CASE("G3: a container's instance is a Pod with all that it is allocated") {
  const auto pod = fleet::pod_manifest(test::container_spec());
  CHECK(objections(pod).empty());
  CHECK(pod["metadata"]["name"] == "desk-1");
  CHECK(pod["metadata"]["labels"]["app.kubernetes.io/managed-by"] == "deskloom");
  CHECK(pod["metadata"]["labels"]["deskloom.org/instance"] == "desk-1");
  CHECK(pod["metadata"]["labels"]["deskloom.org/home"] ==
        fleet::home_of(test::container_spec().directory.parent_path()));
  CHECK(fleet::home_of("/srv/a") != fleet::home_of("/srv/b"));
  CHECK(pod["spec"]["restartPolicy"] == "Never");
  CHECK(pod["spec"]["automountServiceAccountToken"] == false);
  const auto& container = pod["spec"]["containers"][0];
  CHECK(container["resources"]["limits"] == base::Json{{"cpu", "2"}, {"memory", "268435456"}});
  CHECK(container["resources"]["requests"] == container["resources"]["limits"]);
  CHECK(container["env"][0] == base::Json{{"name", "DESKLOOM_INSTANCE"}, {"value", "desk-1"}});
  CHECK_FALSE(container.contains("command"));
}

TEST_CASE("G3: command, network and display of an image are the Pod's") {
  auto spec = test::container_spec();
  spec.image.container =
      fleet::ContainerImage{"registry.example/desk:2", {"/sbin/desk", "--x"}, false, {{"vnc", 5901}}};
  const auto pod = fleet::pod_manifest(spec);
  CHECK(objections(pod).empty());
  CHECK(pod["spec"]["hostNetwork"] == false);
  CHECK(pod["spec"]["containers"][0]["command"] == base::Json{"/sbin/desk", "--x"});
  CHECK(pod["metadata"]["labels"]["deskloom.org/display"] == "vnc-5901");
}

TEST_CASE("F1: what a component is told stands in its Pod's environment") {
  auto spec = test::container_spec();
  spec.environment = {{"DB_SERVICE_HOST", "10.0.0.7"}, {"DB_SERVICE_PORT", "5432"}};
  const auto pod = fleet::pod_manifest(spec);
  CHECK(objections(pod).empty());
  CHECK(pod["spec"]["containers"][0]["env"][2] == base::Json{{"name", "DB_SERVICE_PORT"}, {"value", "5432"}});
}

TEST_CASE("G3: a network rate is annotated in bits, and GPUs of its use are the pod's from the beginning") {
  auto spec = test::container_spec();
  CHECK_FALSE(fleet::pod_manifest(spec)["metadata"].contains("annotations"));
  spec.image.container->host_network = false;
  spec.allocation.network_bytes_s = 2 << 20;
  spec.full = spec.allocation;
  spec.full.gpus = 2;
  const auto pod = fleet::pod_manifest(spec);
  CHECK(objections(pod).empty());
  CHECK(pod["metadata"]["annotations"] == base::Json{{"kubernetes.io/ingress-bandwidth", "16777216"},
                                                     {"kubernetes.io/egress-bandwidth", "16777216"}});
  const auto& resources = pod["spec"]["containers"][0]["resources"];
  CHECK(resources["limits"]["nvidia.com/gpu"] == "2");
  CHECK(resources["requests"] == resources["limits"]);
}

TEST_CASE("G3: only an image that has a registry is pulled") {
  auto spec = test::container_spec();
  CHECK(fleet::pod_manifest(spec)["spec"]["containers"][0]["imagePullPolicy"] == "Never");
  spec.image.container->reference = "registry.example/desk:2";
  CHECK(fleet::pod_manifest(spec)["spec"]["containers"][0]["imagePullPolicy"] == "IfNotPresent");
}

TEST_CASE("G3: what cannot be a Pod is refused before anything is made, with what to change") {
  struct Case {
    std::function<void(fleet::InstanceSpec&)> fault;
    const char* complaint;
    const char* hint;
  };
  const auto rename = [](const std::string& name) {
    return [name](fleet::InstanceSpec& spec) {
      spec.name = name;
      spec.directory = "/srv/instances/" + name;
    };
  };
  const Case cases[] = {
      {rename("Desk-1"), "not a name that a pod can have", "lower-case"},
      {rename("desk_1"), "not a name that a pod can have", "lower-case"},
      {rename("desk-1-"), "not a name that a pod can have", "lower-case"},
      {[](auto& spec) { spec = test::tiny_spec(); }, "image tiny is of a virtual machine", "--container"},
      {[](auto& spec) { spec.allocation.vcpus = 0; }, "no processor", "at least one"},
      {[](auto& spec) { spec.image.minimum_memory_bytes = 1ULL << 40; }, "less than", "raise"},
      {[](auto& spec) { spec.allocation.storage_bytes_s = 1; }, "reads and writes cannot", "virtual machine"},
      {[](auto& spec) { spec.allocation.network_bytes_s = 1; }, "its host's, cannot be limited", "\"pod\""},
      {[](auto& spec) { spec.directory = "/srv"; }, "not named after the instance", "of its own"},
  };
  for (const auto& c : cases) {
    CAPTURE(c.complaint);
    auto spec = test::container_spec();
    c.fault(spec);
    const auto error = error_of([&] { fleet::pod_manifest(spec); });
    CHECK(error.kind() == base::ErrorKind::usage);
    CHECK(contains(error.what(), c.complaint));
    CHECK(contains(error.hint(), c.hint));
  }
}
