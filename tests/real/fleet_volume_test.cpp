#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <thread>

#include "base/fd.hpp"
#include "base/process.hpp"
#include "real/fleet_checks.hpp"
#include "real/volume_copy.hpp"
#include "support/catch.hpp"
#include "support/temp_dir.hpp"

using namespace deskloom;
using namespace std::chrono_literals;
using fleet::ExtentKind;

namespace {

constexpr std::uint64_t mib = 1 << 20;
constexpr const char* part_variable = "DESKLOOM_TEST_DIR";

// As in fleet_test.cpp: a process that is to be killed is this program started again.
base::ProcessResult run_part(const std::string& part, const std::filesystem::path& directory) {
  base::ProcessOptions options;
  options.environment = {std::string(part_variable) + "=" + directory.string()};
  options.timeout = 150s;
  return base::run_process({std::filesystem::read_symlink("/proc/self/exe"), part}, options);
}

void check_killed(const std::string& part, const std::filesystem::path& directory) {
  const auto result = run_part(part, directory);
  INFO(result.out);
  CHECK(result.exit_code == 128 + SIGKILL);
}

std::filesystem::path part_directory() {
  const char* directory = std::getenv(part_variable);
  REQUIRE(directory != nullptr);
  return directory;
}

void measure(fleet::VolumeReading& volume) {
  std::vector<std::byte> buffer(16 * mib);
  const auto start = std::chrono::steady_clock::now();
  for (const auto& extent : volume.extents()) {
    if (extent.kind != ExtentKind::data) continue;
    for (std::uint64_t done = 0; done < extent.length; done += buffer.size()) {
      volume.read(extent.offset + done,
                  std::span(buffer).first(std::min(buffer.size(), extent.length - done)));
    }
  }
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
  const auto read = static_cast<double>(test::bytes_of(volume, ExtentKind::data));
  WARN("read " << read / mib << " MiB in " << volume.extents().size() << " extents at "
               << read / 1e6 / seconds.count() << " MB/s");
}

void check_full(test::FleetGuest& guest, test::VolumeCopy& copy) {
  test::shell(guest, "head -c 33554432 /dev/urandom >/home/a; dd if=/dev/zero of=/home/b bs=1M count=128");
  const auto volume = test::capture(guest, "", "c1");
  CHECK(volume->facts().frozen);
  CHECK_FALSE(volume->facts().incremental);
  CHECK(test::bytes_of(*volume, ExtentKind::unchanged) == 0);
  CHECK(test::bytes_of(*volume, ExtentKind::data) > 32 * mib);
  // What the guest does meanwhile is not in it.
  test::shell(guest, "head -c 1000000 /dev/urandom >/home/later; sync");
  measure(*volume);
  copy.take(*volume);
  test::check_same(guest, copy, "a");
  volume->keep_checkpoint();
}

void check_incremental(test::FleetGuest& guest, test::VolumeCopy& copy) {
  test::shell(guest, "head -c 4194304 /dev/urandom | dd of=/home/a bs=1M seek=8 conv=notrunc; rm /home/b");
  const auto volume = test::capture(guest, "c1", "c2");
  CHECK(volume->facts().incremental);
  CHECK(volume->facts().mode == "dirty bitmap since c1");
  CHECK(test::bytes_of(*volume, ExtentKind::data) >= 5 * mib);
  CHECK(test::bytes_of(*volume, ExtentKind::data) < 16 * mib);
  copy.take(*volume);
  test::check_same(guest, copy, "a");
  test::check_same(guest, copy, "later");
  volume->keep_checkpoint();
}

// A capture that came to nothing is as if it had not been.
void check_dropped(test::FleetGuest& guest, test::VolumeCopy& copy) {
  test::shell(guest, "head -c 1000000 /dev/urandom >/home/c");
  test::capture(guest, "c2", "c3");
  const auto volume = test::capture(guest, "c2", "c4");
  CHECK(volume->facts().incremental);
  copy.take(*volume);
  test::check_same(guest, copy, "c");
  CHECK(test::kind_of([&] { test::capture(guest, "c2", "c5"); }) == base::ErrorKind::locked);
  volume->keep_checkpoint();
}

void check_lost_bitmap(test::FleetGuest& guest) {
  const auto volume = test::capture(guest, "c1", "d1");
  CHECK_FALSE(volume->facts().incremental);
  CHECK(volume->facts().mode.find("full scan: the dirty bitmap since c1 was lost") == 0);
  volume->keep_checkpoint();
}

void check_bad_requests(test::FleetGuest& guest) {
  auto& runtime = guest.runtime();
  using base::ErrorKind;
  CHECK(test::kind_of([&] {
          runtime.open_volume(guest.name(), {"nodisk", "", "x"});
        }) == ErrorKind::not_found);
  CHECK(test::kind_of([&] { runtime.open_volume("nobody", {"persona", "", "x"}); }) == ErrorKind::not_found);
  CHECK(test::kind_of([&] { runtime.open_volume(guest.name(), {"persona", "", ""}); }) == ErrorKind::usage);
  CHECK(test::kind_of([&] { runtime.open_volume(guest.name(), {"persona", "x", "x"}); }) == ErrorKind::usage);
}

void check_deaf_agent(test::FleetGuest& guest) {
  guest.runtime().exec_detached(
      guest.name(),
      {"/bin/sh", "-c", "a=$(pidof qemu-ga); sleep 0.2; kill -STOP $a; sleep 8; kill -CONT $a"});
  std::this_thread::sleep_for(500ms);
  const auto volume = test::capture(guest, "", "deaf");
  CHECK_FALSE(volume->facts().frozen);
  CHECK(volume->facts().not_frozen.find("not frozen: ") == 0);
  CHECK(test::bytes_of(*volume, ExtentKind::data) > 0);
  guest.runtime().wait_for_agent(guest.name(), 30s);
}

// The directory for the socket is made in the moment in which the guest is frozen.
[[noreturn]] void die_when_frozen(std::chrono::milliseconds later) {
  for (;;) {
    for (const auto& entry : std::filesystem::directory_iterator("/tmp")) {
      if (entry.path().filename().string().rfind("dl-nbd-", 0) != 0) continue;
      std::ifstream lock(entry.path() / "lock");
      const std::string holder{std::istreambuf_iterator<char>(lock), {}};
      if (holder.find("process " + std::to_string(::getpid()) + " ") != 0) continue;
      std::this_thread::sleep_for(later);
      ::kill(::getpid(), SIGKILL);
    }
  }
}

}  // namespace

TEST_CASE("part: boots an instance and leaves it running", "[.part-boot]") {
  const auto runtime = fleet::open_runtime(test::lab_target(part_directory(), "embedded"));
  test::FleetGuest guest(*runtime, part_directory(), "desk-v");
  guest.boot();
  guest.keep();
}

TEST_CASE("part: is killed while it reads", "[.part-reads]") {
  const auto runtime = fleet::open_runtime(test::lab_target(part_directory(), "embedded"));
  test::FleetGuest guest(*runtime, part_directory(), "desk-v");
  guest.keep();
  const auto volume = test::capture(guest, "", "before");
  volume->keep_checkpoint();
  ::kill(::getpid(), SIGKILL);
}

TEST_CASE("part: is killed while the guest is frozen", "[.part-frozen]") {
  const auto runtime = fleet::open_runtime(test::lab_target(part_directory(), "embedded"));
  test::FleetGuest guest(*runtime, part_directory(), "desk-v");
  guest.keep();
  std::ifstream delay(part_directory() / "delay");
  int later_ms = 0;
  delay >> later_ms;
  std::thread([later_ms] { die_when_frozen(std::chrono::milliseconds(later_ms)); }).detach();
  const auto volume = test::capture(guest, "before", "killed");
  std::this_thread::sleep_for(1s);
}

TEST_CASE("volumes of a running instance are captured, whoever was killed before") {
  const test::TempDir directory;
  REQUIRE(run_part("[.part-boot]", directory.path()).exit_code == 0);
  check_killed("[.part-reads]", directory.path());
  for (const char* delay : {"0", "10", "20", "30", "40", "50"}) {
    CAPTURE(delay);
    base::write_file_durably(directory / "delay", delay);
    check_killed("[.part-frozen]", directory.path());
  }

  const auto runtime = fleet::open_runtime(test::lab_target(directory.path(), "embedded"));
  test::FleetGuest guest(*runtime, directory.path(), "desk-v");
  test::shell(guest, "echo alive >/home/x; sync");  // not frozen any more
  CHECK(test::capture(guest, "before", "after")->facts().incremental);
  test::VolumeCopy copy(directory / "copy");
  check_full(guest, copy);
  check_incremental(guest, copy);
  check_dropped(guest, copy);
  check_lost_bitmap(guest);
  check_bad_requests(guest);
  check_deaf_agent(guest);
  test::check_destroy_leaves_nothing(guest);
}
