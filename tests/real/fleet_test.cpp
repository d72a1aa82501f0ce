#include <signal.h>
#include <unistd.h>

#include <cstdlib>
#include <thread>

#include "base/process.hpp"
#include "real/fleet_checks.hpp"
#include "support/catch.hpp"
#include "support/temp_dir.hpp"

using namespace deskloom;
using namespace std::chrono_literals;
using base::ErrorKind;

namespace {

// One process can open one embedded root, so a test of two is this program started again, with one of the
// hidden cases below as its part.
base::ProcessResult run_part(const std::string& part, const std::filesystem::path& directory) {
  base::ProcessOptions options;
  options.environment = {"DESKLOOM_TEST_DIR=" + directory.string()};
  options.timeout = 150s;
  return base::run_process({std::filesystem::read_symlink("/proc/self/exe"), part}, options);
}

std::filesystem::path part_directory() {
  const char* directory = std::getenv("DESKLOOM_TEST_DIR");
  REQUIRE(directory != nullptr);
  return directory;
}

std::string message_of(const std::function<void()>& call) {
  try {
    call();
  } catch (const base::Error& error) {
    CHECK(error.kind() == ErrorKind::guest);
    return error.what();
  }
  return {};
}

void check_silent_agent(test::FleetGuest& guest) {
  guest.start();
  const auto waiting = message_of([&] { guest.runtime().wait_for_agent(guest.name(), 300ms); });
  CHECK(waiting.find("did not answer within 300 ms") != std::string::npos);
}

void check_killed_guest(test::FleetGuest& guest) {
  const auto processes = test::processes_with("guest=" + guest.name() + ",");
  REQUIRE(processes.size() == 1);
  std::thread killer([&] {
    std::this_thread::sleep_for(500ms);
    ::kill(processes.front(), SIGKILL);
  });
  const auto message = message_of([&] { guest.runtime().wait_for_agent(guest.name(), 60s); });
  killer.join();
  CHECK(message.find("ended while its agent was awaited") != std::string::npos);
  CHECK(test::kind_of([&] { guest.runtime().exec(guest.name(), {"/bin/true"}, 5s); }) ==
        ErrorKind::not_found);
}

void check_root_is_locked(const std::filesystem::path& directory) {
  const auto other = run_part("[.part-locked]", directory);
  INFO(other.out);
  CHECK(other.exit_code == 0);
}

}  // namespace

TEST_CASE("part: boots an instance and leaves it running", "[.part-boot]") {
  const auto runtime = fleet::open_runtime(test::lab_target(part_directory(), "embedded"));
  test::FleetGuest guest(*runtime, part_directory(), "desk-1");
  guest.boot();
  guest.keep();
}

TEST_CASE("part: an embedded root that another process has is waited for", "[.part-locked]") {
  auto target = test::lab_target(part_directory(), "embedded");
  std::string holder;
  target.lock_timeout = 100ms;
  target.on_wait = [&](const std::string& text) { holder = text; };
  CHECK(test::kind_of([&] { fleet::open_runtime(target); }) == ErrorKind::locked);
  CHECK(holder.find("real_fleet") != std::string::npos);
}

TEST_CASE("an embedded host runs instances from one command to the next") {
  const test::TempDir directory;
  const auto boot = run_part("[.part-boot]", directory.path());
  INFO(boot.out);
  REQUIRE(boot.exit_code == 0);

  const auto runtime = fleet::open_runtime(test::lab_target(directory.path(), "embedded"));
  test::FleetGuest guest(*runtime, directory.path(), "desk-1");
  CHECK(runtime->running() == std::vector<std::string>{"desk-1"});
  guest.start();  // again is nothing
  CHECK(runtime->running().size() == 1);
  check_root_is_locked(directory.path());

  test::check_exec(guest);
  test::check_write_file(guest);
  test::check_channel_echo(guest);
  test::check_channel_throughput(guest);
  test::check_threads(guest);
  test::check_display(guest);
  test::check_silent_channel(guest);
  test::check_destroy_leaves_nothing(guest);

  test::FleetGuest second(*runtime, directory.path(), "desk-2");
  check_silent_agent(second);
  check_killed_guest(second);
  test::check_destroy_leaves_nothing(second);

  auto elsewhere = test::lab_target(directory.path(), "embedded");
  elsewhere.embedded_root = directory / "other-root";
  CHECK(test::kind_of([&] { fleet::open_runtime(elsewhere); }) == ErrorKind::usage);
}

TEST_CASE("a host that does not answer is named") {
  const test::TempDir directory;
  const std::string uri = "qemu+unix:///system?socket=" + (directory / "no-socket").string();
  try {
    fleet::open_runtime(test::lab_target(directory.path(), uri));
    FAIL("it was reached");
  } catch (const base::Error& error) {
    CHECK(error.kind() == ErrorKind::host_unreachable);
    CHECK(std::string(error.what()).find("host lab at " + uri) != std::string::npos);
    CHECK_FALSE(error.hint().empty());
  }
}
