// A volume that a guest uses before its bytes are local (SPEC A8), in order: each case goes on where the one
// before ended, so that one guest boots once.
#include <signal.h>

#include <sstream>
#include <thread>

#include "fleet/volume_server.hpp"
#include "real/fleet_checks.hpp"
#include "real/stored_volume.hpp"
#include "real/volume_copy.hpp"
#include "support/catch.hpp"

using namespace deskloom;
using namespace std::chrono_literals;
using std::chrono::steady_clock;

namespace {

constexpr std::uint64_t mib = 1 << 20;
constexpr std::uint64_t volume_bytes = 512 * mib;

struct Desk {
  test::TempDir directory;
  test::StoredVolume stored{volume_bytes, {3 * mib, 60 * mib, 60 * mib, 60 * mib}};
  std::unique_ptr<fleet::Runtime> runtime =
      fleet::open_runtime(test::lab_target(directory.path(), "embedded"));
  test::FleetGuest guest{*runtime, directory.path(), "desk-s"};
  fleet::ServedVolume volume = stored.served(guest.spec().directory);
  fleet::VolumeServer server{guest.spec().directory, "persona"};

  Desk() {
    std::filesystem::create_directories(guest.spec().directory);
    guest.leave_out_volume();
    guest.boot();
  }
};

Desk& desk() {
  static Desk made;
  return made;
}

std::string sum_of(const std::string& file) {
  std::istringstream lines(desk().stored.sums());
  for (std::string line; std::getline(lines, line);) {
    if (line.ends_with("  " + file)) return line;
  }
  return "no such file";
}

void kill_server() {
  const auto found = test::processes_with(desk().server.socket().string());
  for (const pid_t pid : found) {
    if (std::filesystem::read_symlink("/proc/" + std::to_string(pid) + "/exe").filename() == "nbdkit")
      ::kill(pid, SIGKILL);
  }
  while (desk().server.is_alive()) std::this_thread::sleep_for(1ms);
}

// Begins to read a file in the guest, past its cache.
void begin_reading(const std::string& file) {
  desk().guest.runtime().exec_detached(
      desk().guest.name(), {"/bin/sh", "-c",
                            "echo 3 >/proc/sys/vm/drop_caches; cd /home; rm -f /tmp/sum; sha256sum " + file +
                                " >/tmp/sum.new 2>&1; mv /tmp/sum.new /tmp/sum"});
}

std::string wait_for_sum() {
  return test::shell(
      desk().guest,
      "n=0; until [ -e /tmp/sum ] || [ $n -gt 400 ]; do sleep 0.1; n=$((n+1)); done; cat /tmp/sum");
}

fleet::VolumeLocality localise(std::uint64_t bytes_s) {
  return desk().runtime->localise_volume(desk().guest.name(), desk().volume, bytes_s);
}

}  // namespace

TEST_CASE("A8: a guest reads a volume's files before its bytes are local") {
  auto& d = desk();
  const auto started = steady_clock::now();
  d.runtime->attach_volume(d.guest.name(), d.volume, {{0, 1 * mib}}, 10s);
  const auto read = test::shell(d.guest, "mount-persona && cd /home && sha256sum 0");
  const std::chrono::duration<double> took = steady_clock::now() - started;
  WARN("attached, mounted and read 3 MiB within " << took.count() << " s");
  CHECK(read == sum_of("0") + "\n");
  CHECK(d.server.is_alive());
  const auto locality = d.runtime->volume_locality(d.guest.name(), "persona");
  CHECK(locality.size_bytes == volume_bytes);
  CHECK_FALSE(locality.is_local);
  CHECK_FALSE(locality.is_copying);
  CHECK(locality.local_bytes >= mib);
  CHECK(locality.local_bytes < 20 * mib);
}

TEST_CASE("A8: a volume that is attached already stays as it is") {
  auto& d = desk();
  d.runtime->attach_volume(d.guest.name(), d.volume, {}, 10s);
  CHECK(test::shell(d.guest, "cat /sys/block/*/serial") == "persona");
}

TEST_CASE("A8: a read waits for a server that was killed and is started again, and gets the right bytes") {
  auto& d = desk();
  begin_reading("1");
  std::this_thread::sleep_for(300ms);
  kill_server();
  std::this_thread::sleep_for(3s);
  d.runtime->attach_volume(d.guest.name(), d.volume, {}, 10s);
  CHECK(wait_for_sum() == sum_of("1") + "\n");
}

TEST_CASE("A8: a guest stops rather than reads an error, and goes on when the server is back") {
  auto& d = desk();
  begin_reading("2");
  std::this_thread::sleep_for(300ms);
  kill_server();
  std::this_thread::sleep_for(40s);
  CHECK(test::kind_of([&] { d.runtime->exec(d.guest.name(), {"/bin/true"}, 2s); }) == base::ErrorKind::guest);
  localise(1 * mib);
  d.guest.runtime().wait_for_agent(d.guest.name(), 20s);
  CHECK(wait_for_sum() == sum_of("2") + "\n");
}

TEST_CASE("A8: a capture in the middle of the copy is exact, and the copy goes on") {
  auto& d = desk();
  CHECK(localise(1 * mib).is_copying);
  test::shell(d.guest, "head -c 5000000 /dev/urandom >/home/new; sync");
  test::VolumeCopy copy(d.directory / "copy");
  {
    const auto volume = test::capture(d.guest, "", "c1");
    CHECK_FALSE(d.runtime->volume_locality(d.guest.name(), "persona").is_copying);
    copy.take(*volume);
    volume->keep_checkpoint();
  }
  test::check_same(d.guest, copy, "new");
  CHECK(copy.hash_of("3") == sum_of("3").substr(0, 64));
  CHECK(d.runtime->volume_locality(d.guest.name(), "persona").is_copying);
  // Then only what changed.
  test::shell(d.guest, "head -c 1000000 /dev/urandom >/home/newer; sync");
  const auto volume = test::capture(d.guest, "c1", "c2");
  CHECK(volume->facts().incremental);
  copy.take(*volume);
  test::check_same(d.guest, copy, "newer");
  volume->keep_checkpoint();
}

TEST_CASE("A8: once it is local the server is gone, and the guest reads on") {
  auto& d = desk();
  const auto deadline = steady_clock::now() + 60s;
  fleet::VolumeLocality locality;
  do {
    locality = localise(0);
    std::this_thread::sleep_for(100ms);
  } while (!locality.is_local && steady_clock::now() < deadline);
  REQUIRE(locality.is_local);
  CHECK_FALSE(d.server.is_alive());
  CHECK_FALSE(std::filesystem::exists(d.server.socket()));
  CHECK(test::shell(d.guest, "echo 3 >/proc/sys/vm/drop_caches; cd /home; sha256sum 0 1 2 3") ==
        d.stored.sums());
  CHECK(localise(0).is_local);
}

TEST_CASE("A8: nothing is left of an instance and its server") {
  auto& d = desk();
  test::check_destroy_leaves_nothing(d.guest);
  CHECK(test::processes_with(d.server.socket().string()).empty());
}
