// G3: containers as instances, on real Podman, in order: each case goes on where the one before ended.
#include <thread>

#include "fleet/container/podman.hpp"
#include "real/container_lab.hpp"
#include "real/playground.hpp"
#include "unit/fleet/throws.hpp"

using namespace deskloom;
using namespace std::chrono_literals;
using test::error_of;

namespace {

test::ContainerLab& lab() {
  static test::ContainerLab made;
  return made;
}

test::Playground& playground() {
  lab();  // outlives the instances in it
  static test::Playground made(
      "container", "floor = 2\nparallel = 2\nmemory = \"96MiB\"\n[host.local]\nengine = \"podman\"\n");
  return made;
}

fleet::PodmanRuntime& runtime() {
  static fleet::PodmanRuntime made([] {
    fleet::HostTarget target;
    target.name = "local";
    target.engine = "podman";
    return target;
  }());
  return made;
}

std::string any_ghost() { return playground().instances_by_state("warm").begin()->first; }

std::string instance_of(const std::string& user) {
  for (const auto& [name, owner] : playground().instances_by_state("persona-applied-available"))
    if (owner == user) return name;
  throw std::runtime_error("no instance of " + user);
}

fleet::CgroupReading limits_inside(const std::string& name) {
  return fleet::parse_cgroup(runtime().exec(name, fleet::cgroup_command(), 10s).out);
}

}  // namespace

TEST_CASE("G3: a pool of containers is filled with ghosts that have what the pool gives them") {
  CHECK(playground().must({"pool", "apply"}).at("actions").size() == 2);
  const auto ghosts = playground().instances_by_state("warm");
  REQUIRE(ghosts.size() == 2);
  CHECK(runtime().running().size() == 2);
  const auto limits = limits_inside(ghosts.begin()->first);
  CHECK(limits.cpus == 1);
  CHECK(limits.memory_limit_bytes == 96ULL << 20);
  const auto manifest = playground().dir() / ("instances/" + ghosts.begin()->first + "/pod.json");
  CHECK(std::filesystem::exists(manifest));
  CHECK(playground().must({"pool", "apply"}).at("actions").empty());
}

TEST_CASE("G3: the host is probed") {
  const auto probed = playground().must({"host", "probe"}).at("hosts").at(0);
  CHECK(probed.at("uri") == "podman");
  CHECK_THAT(probed.at("hypervisor").get<std::string>(), test::StartsWith("Podman "));
  CHECK(probed.at("running") == 2);
  CHECK(probed.at("libvirt").is_null());
}

TEST_CASE("G3: a ghost is paused, in which nothing runs, and resumed") {
  const auto ghost = any_ghost();
  runtime().suspend(ghost);
  CHECK(runtime().is_running(ghost));
  const auto error = error_of([&] { runtime().exec(ghost, {"/bin/true"}, 5s); });
  CHECK(error.kind() == base::ErrorKind::guest);
  CHECK(std::string(error.what()) == "instance " + ghost + " is paused");
  CHECK(runtime().usage().size() == 1);  // of the other one
  runtime().resume(ghost);
  CHECK(runtime().exec(ghost, {"/bin/true"}, 5s).exit_code == 0);
}

TEST_CASE("G3: a running container is given more and less, and has it by its own control group") {
  const auto ghost = any_ghost();
  runtime().set_vcpus(ghost, 2, 10s);
  runtime().set_memory(ghost, 192ULL << 20, 10s);
  CHECK(limits_inside(ghost).cpus == 2);
  CHECK(limits_inside(ghost).memory_limit_bytes == 192ULL << 20);
  runtime().set_memory(ghost, 96ULL << 20, 10s);
  CHECK(limits_inside(ghost).memory_limit_bytes == 96ULL << 20);
  runtime().set_vcpus(ghost, 1, 10s);
}

TEST_CASE("G3: what is run in a container gives back its output and exit code; a missing program is told") {
  const auto ghost = any_ghost();
  const auto ran = runtime().exec(ghost, {"/bin/sh", "-c", "id -u; echo err >&2; exit 7"}, 10s);
  CHECK(ran.exit_code == 7);
  CHECK(ran.out == "0\n");
  CHECK(ran.err == "err\n");
  CHECK(runtime().exec(ghost, {"/no/such/program"}, 10s).exit_code == 127);
  CHECK(error_of([&] {
          runtime().exec(ghost, {"/bin/sleep", "60"}, 500ms);
        }).kind() == base::ErrorKind::guest);
  CHECK(error_of([&] { runtime().exec("nobody", {"/bin/true"}, 10s); }).kind() == base::ErrorKind::not_found);
}

TEST_CASE("G3: a persona that was captured in one container is stitched into another") {
  playground().must({"session", "assign", "alice"});
  const auto first = instance_of("alice");
  playground().in_guest(first, "alice",
                        "mkdir -p Documents && echo 'Plan for Monday' >Documents/plan.txt && "
                        "chmod 640 Documents/plan.txt && dconf write /org/desk/theme \"'dark'\" && "
                        "(setsid notes $HOME/Documents/plan.txt >/dev/null 2>&1 &) ; sleep 1");
  const auto captured = playground().must({"persona", "capture", "alice"}).at("captures").at(0);
  CHECK(captured.at("applications") == 1);
  const auto profile = playground().must({"persona", "show", "alice"});
  CHECK(profile.at("applications").at(0).at("name") == "notes");  // its /proc entries could be read
  CHECK_THAT(profile.dump(), test::Contains("/home/alice/Documents/plan.txt"));

  playground().must({"instance", "destroy", first, "--force"});
  CHECK_FALSE(runtime().is_running(first));
  const auto assigned = playground().must({"session", "assign", "alice"});
  const auto second = instance_of("alice");
  CHECK(second != first);
  CHECK(assigned.at("applications").at(0).at("restored") == true);
  CHECK(playground().in_guest(second, "alice", "cat Documents/plan.txt; stat -c %a Documents/plan.txt") ==
        "Plan for Monday\n640\n");
  CHECK(playground().in_guest(second, "alice", "dconf read /org/desk/theme") == "'dark'\n");
  CHECK(playground().in_guest(second, "alice", "pidof notes >/dev/null && echo runs") == "runs\n");
}

TEST_CASE("G3: a container that ended is noticed, and its user is given another") {
  const auto lost = instance_of("alice");
  lab().podman({"kill", lost + "-desktop"});
  CHECK_FALSE(runtime().is_running(lost));
  playground().must({"session", "assign", "alice"});
  CHECK(instance_of("alice") != lost);
}

TEST_CASE("G3: an instance that cannot be started is explained and leaves nothing") {
  fleet::InstanceSpec spec;
  spec.name = "broken-1";
  spec.image.name = "broken";
  spec.image.container = fleet::ContainerImage{"localhost/absent:1", {}, true, {}};
  spec.allocation.memory_bytes = 96ULL << 20;
  spec.directory = lab().directory() / "broken-1";
  runtime().create_disks(spec);
  const auto absent = error_of([&] { runtime().start(spec); });
  CHECK(absent.kind() == base::ErrorKind::not_found);
  CHECK_THAT(std::string(absent.what()), test::Contains("no container image localhost/absent:1"));

  spec.image.container = fleet::ContainerImage{"localhost/deskloom-tiny:1", {"/no/such"}, true, {}};
  CHECK_THAT(std::string(error_of([&] { runtime().start(spec); }).what()), test::Contains("/no/such"));
  CHECK(lab().podman({"pod", "ps", "--quiet", "--filter", "name=broken-1"}).empty());

  spec.image.container->command = {"/bin/sh", "-c", "echo no display; exit 3"};
  runtime().start(spec);
  const auto ended = error_of([&] { runtime().wait_for_agent("broken-1", 60s); });
  CHECK(ended.kind() == base::ErrorKind::guest);
  CHECK_THAT(std::string(ended.what()), test::Contains("it printed at last: no display"));
  runtime().destroy("broken-1", spec.directory);
  CHECK_FALSE(std::filesystem::exists(spec.directory));
}

TEST_CASE(
    "B6: who looks at a display that a container serves is counted, and no longer when they have gone") {
  constexpr const char* looks = "(sleep 60 | nc 127.0.0.1 5917 >/dev/null &)";
  fleet::InstanceSpec spec;
  spec.name = "viewed-1";
  spec.image.name = "viewed";
  spec.image.container = fleet::ContainerImage{"localhost/deskloom-tiny:1",
                                               {"/bin/sh", "-c", "exec nc -ll -p 5917 -e cat"},
                                               true,
                                               fleet::ContainerDisplay{"vnc", 5917}};
  spec.allocation.memory_bytes = 96ULL << 20;
  spec.directory = lab().directory() / "viewed-1";
  runtime().create_disks(spec);
  runtime().start(spec);
  runtime().wait_for_agent("viewed-1", 60s);
  const auto becomes = [](int viewers) {
    for (int tries = 0; tries < 50; ++tries) {
      if (runtime().presence("viewed-1").display_clients == viewers) return true;
      std::this_thread::sleep_for(100ms);
    }
    return false;
  };
  CHECK(becomes(0));
  runtime().exec("viewed-1", {"/bin/sh", "-c", looks}, 10s);
  CHECK(becomes(1));
  runtime().exec("viewed-1", {"/bin/sh", "-c", "kill $(pidof sleep)"}, 10s);
  CHECK(becomes(0));
  runtime().destroy("viewed-1", spec.directory);
}

TEST_CASE("G3: containers that wait paused are woken for their users, as virtual machines are") {
  for (const auto& [ghost, user] : playground().instances_by_state("warm"))
    playground().must({"instance", "destroy", ghost, "--force"});
  playground().set_policy("floor = 2", "ghost_mode = \"saved\"\nfloor = 1");  // paused, as Podman cannot save
  playground().must({"pool", "apply"});
  const auto ghost = any_ghost();
  CHECK(playground().must({"instance", "show", ghost}).at("power") == "paused");
  CHECK(playground().must({"session", "assign", "bob"}).at("instance") == ghost);
  CHECK(playground().in_guest(ghost, "bob", "echo awake") == "awake\n");
}

TEST_CASE("G3: when its instances are destroyed, nothing is left of a pool of containers") {
  const auto listed = playground().must({"instance", "list"});
  for (const auto& instance : listed.at("instances"))
    playground().must({"instance", "destroy", instance.at("name"), "--force"});
  CHECK(runtime().running().empty());
  CHECK(lab().podman({"ps", "--all", "--quiet"}).empty());
  CHECK(lab().podman({"pod", "ps", "--quiet"}).empty());
  CHECK(std::filesystem::is_empty(playground().dir() / "instances"));
}
