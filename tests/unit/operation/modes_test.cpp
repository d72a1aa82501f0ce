// SPEC A9: what the mode that a user is in does to their desktop. The host is a fake; what runs in the guest
// is the real helper, behind a socket pair.
#include <csignal>

#include "operation/assign.hpp"
#include "operation/modes.hpp"
#include "operation/presence.hpp"
#include "operation/provision.hpp"
#include "operation/scaling.hpp"
#include "operation/sessions.hpp"
#include "operation/shadow.hpp"
#include "support/anns_guests.hpp"
#include "support/catch.hpp"

using namespace deskloom;
using test::TempDir;
using test::TempWorld;

namespace {

namespace peers = guest::test;
using std::chrono::hours;

constexpr std::uint64_t mib = 1 << 20;

// Ann's desktop may have four processors; a mode of hers starts an application and takes two.
struct Office {
  TempDir dir;
  peers::TestUser ann;
  TempWorld world{dir.path()};
  test::AnnsGuests guests{world, ann};

  Office() {
    auto& pool = world.pool();
    pool.vcpus = 4;
    pool.memory_bytes = 1024 * mib;
    pool.minimal_vcpus = 1;
    pool.minimal_memory_bytes = 256 * mib;
    const std::string script = ann.home() / "reader";
    peers::write_text(script, "exec sleep 1000\n");
    policy::Application reader;
    reader.name = "reader";
    reader.executable = "*/sleep";
    reader.command = {"/bin/sh", script};
    policy::Application viewer;  // no command: forecasts alone know it
    viewer.name = "viewer";
    viewer.executable = "*/viewer";
    world.policy().applications = {reader, viewer};
    world.policy().modes["reading"] = {"reading", {"viewer", "reader"}, 2, 512 * mib};
    world.policy().modes["rendering"] = {"rendering", {}, 64, 0};
    world.policy().modes["idling"] = {"idling", {}, 0, 1};
  }
  ~Office() {
    end("/sleep");
    end("/tail");
  }

  domain::Instance assign() { return operation::assign(world.world(), {"ann", {}, {}}).instance; }
  void set_mode(const std::string& name, base::Timestamp from, base::Timestamp until) {
    world.state().users.ensure("ann", from);
    world.state().modes.set({"ann", name, from, until, "test"});
  }
  void set_mode(const std::string& name) { set_mode(name, now(), now() + hours(1)); }
  base::Timestamp now() { return world.world().clock.now(); }
  domain::Allocation wanted() {
    const auto desktop = world.state().instances.of_user("ann");
    return operation::in_use(world.policy(), world.state(), *desktop, now());
  }
  std::vector<pid_t> processes(const std::string& program) {
    peers::Helper helper(ann);
    std::vector<pid_t> pids;
    for (const auto& process : helper.client().report("ann", {}, {}).processes)
      if (process.executable.ends_with(program)) pids.push_back(static_cast<pid_t>(process.pid));
    return pids;
  }
  void end(const std::string& program) {
    for (auto pids = processes(program); !pids.empty(); pids = processes(program))
      for (const pid_t pid : pids) ::kill(pid, SIGKILL);
  }
  std::vector<pid_t> readers() { return processes("/sleep"); }
};

}  // namespace

TEST_CASE("A9: a desktop has in use what its user's mode says, between its pool's minimal and full") {
  Office office;
  const auto full = office.assign().full;
  CHECK(office.wanted() == full);
  office.set_mode("reading");
  CHECK(office.wanted().vcpus == 2);
  CHECK(office.wanted().memory_bytes == 512 * mib);
  office.set_mode("rendering");
  CHECK(office.wanted() == full);
  office.set_mode("idling");
  CHECK(office.wanted().memory_bytes == 256 * mib);
  CHECK(office.wanted().vcpus == 4);
  office.world.policy().modes.erase("idling");  // forgotten by policy
  CHECK(office.wanted() == full);
}

TEST_CASE("A9: an assignment gives what the mode says and starts its applications, once") {
  Office office;
  office.set_mode("reading");
  const auto desktop = office.assign();
  CHECK(desktop.allocation.vcpus == 2);
  CHECK(desktop.allocation.memory_bytes == 512 * mib);
  REQUIRE(office.readers().size() == 1);
  const auto again = operation::assign(office.world.world(), {"ann", {}, {}});
  CHECK(again.applied.applications.empty());
  CHECK(again.action == operation::AssignAction::reconnected);
  CHECK(office.readers().size() == 1);
  office.end("/sleep");
  const auto ended = operation::assign(office.world.world(), {"ann", {}, {}});
  CHECK(ended.action == operation::AssignAction::reestablished);
  CHECK(office.readers().size() == 1);
}

TEST_CASE("B2: a session that was left stays one when its user asks for it, until they are there") {
  Office office;
  office.assign();
  auto& state = office.world.state();
  operation::connect_session(state, office.world.world().clock, "ann");
  operation::disconnect_session(state, office.world.world().clock, "ann");
  const auto again = operation::assign(office.world.world(), {"ann", {}, {}});
  CHECK(again.instance.state == domain::InstanceState::disconnected);
  CHECK(state.waits.recent(std::nullopt, 10).at(0).action == "ready");
  CHECK(operation::asked_for_at(state, again.instance));
}

TEST_CASE("A7, A9: what is started finds the display of the session that runs") {
  Office office;
  const std::string panel = office.ann.home() / "panel";
  peers::write_text(panel, "exec tail -f /dev/null\n");
  {
    peers::Helper helper(office.ann);
    REQUIRE(helper.client().launch({"ann", {"/bin/sh", panel}, "", {{"DISPLAY", ":7"}}, {}}).running);
  }
  office.set_mode("reading");
  office.assign();
  const auto started = office.readers();
  REQUIRE(started.size() == 1);
  const auto environment = base::read_file("/proc/" + std::to_string(started.front()) + "/environ", 1 << 20);
  CHECK_THAT(environment, test::Contains("DISPLAY=:7"));
}

TEST_CASE("A9: a desktop in use follows a mode that is set, and 'scale run' follows its end, once") {
  Office office;
  office.assign();
  operation::connect_session(office.world.state(), office.world.world().clock, "ann");
  const auto connected = operation::make_usable(office.world.world(), "ann").instance;
  CHECK(connected.allocation.vcpus == 4);
  office.set_mode("reading");
  const auto followed = operation::follow_mode(office.world.world(), connected);
  CHECK(followed.notes.empty());
  CHECK(followed.instance.allocation.vcpus == 2);
  REQUIRE(followed.applied.applications.size() == 1);
  CHECK(followed.applied.applications[0].application == "reader");
  CHECK(followed.applied.applications[0].restored);
  CHECK(operation::run_scaling(office.world.world(), nullptr, {}, false).desktops.empty());
  office.world.state().modes.end("ann", office.now());
  const auto report = operation::run_scaling(office.world.world(), nullptr, {}, false);
  REQUIRE(report.desktops.size() == 1);
  CHECK(report.desktops[0].after.allocation.vcpus == 4);
  CHECK(report.desktops[0].reasons == std::vector<std::string>{"mode reading has ended"});
  CHECK(operation::run_scaling(office.world.world(), nullptr, {}, false).desktops.empty());
}

TEST_CASE("A9: what a desktop cannot be given, or start, is a note, and the rest is done") {
  Office office;
  office.assign();
  office.set_mode("reading");
  office.world.fleet().refused = {domain::Resource::vcpus};
  const auto desktop = *office.world.state().instances.of_user("ann");
  const auto followed = operation::follow_mode(office.world.world(), desktop);
  REQUIRE(followed.notes.size() == 1);
  CHECK_THAT(followed.notes[0], test::Contains("has what it had"));
  CHECK(followed.instance.allocation == desktop.allocation);
  CHECK(office.readers().size() == 1);
}
