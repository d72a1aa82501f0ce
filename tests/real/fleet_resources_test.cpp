// C2, B4: what a real guest has of CPU, memory and storage while it runs, and how it waits paused or saved.
#include <charconv>
#include <thread>

#include "real/fleet_checks.hpp"
#include "support/catch.hpp"
#include "support/temp_dir.hpp"

using namespace deskloom;
using namespace std::chrono_literals;
using base::ErrorKind;

namespace {

constexpr std::uint64_t mib = 1 << 20;

std::uint64_t number(const std::string& text) {
  std::uint64_t value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

class Desk {
 public:
  Desk()
      : runtime_(fleet::open_runtime(test::lab_target(directory_.path(), "embedded"))),
        guest_(*runtime_, directory_.path(), "desk-1", {1, 192 * mib}, {3, 512 * mib}) {
    guest_.boot();
  }
  fleet::Runtime& runtime() { return *runtime_; }
  test::FleetGuest& guest() { return guest_; }
  const test::TempDir& directory() const { return directory_; }
  std::string in_guest(const std::string& script) {
    return runtime_->exec(guest_.name(), {"/bin/sh", "-c", script}, 10s).out;
  }
  std::uint64_t memory_kib() { return number(in_guest("awk '/MemTotal/ { print $2 }' /proc/meminfo")); }
  std::uint64_t processors() { return number(in_guest("nproc")); }

 private:
  test::TempDir directory_;
  std::unique_ptr<fleet::Runtime> runtime_;
  test::FleetGuest guest_;
};

// Memory comes and goes while the guest runs, and the guest says so.
void check_memory_moves(Desk& desk) {
  const auto before = desk.memory_kib();
  desk.runtime().set_memory("desk-1", 512 * mib, 10s);
  CHECK(desk.memory_kib() == before + 320 * 1024);
  desk.runtime().set_memory("desk-1", 512 * mib, 10s);
  CHECK(desk.memory_kib() == before + 320 * 1024);
  desk.runtime().set_memory("desk-1", 192 * mib, 20s);
  CHECK(desk.memory_kib() == before);
}

// Processors come and go while the guest runs, again and again.
void check_vcpus_move(Desk& desk) {
  for (const std::uint32_t vcpus : {3U, 1U, 2U, 3U, 1U}) {
    desk.runtime().set_vcpus("desk-1", vcpus, 10s);
    CHECK(desk.processors() == vcpus);
  }
}

// What the instance was not made for is refused, and changes nothing.
void check_bounds(Desk& desk) {
  CHECK(test::kind_of([&] { desk.runtime().set_memory("desk-1", 1024 * mib, 5s); }) == ErrorKind::usage);
  CHECK(test::kind_of([&] { desk.runtime().set_memory("desk-1", 64 * mib, 5s); }) == ErrorKind::usage);
  CHECK(test::kind_of([&] { desk.runtime().set_vcpus("desk-1", 4, 5s); }) == ErrorKind::usage);
  CHECK(test::kind_of([&] { desk.runtime().set_network_limit("desk-1", mib); }) == ErrorKind::usage);
  CHECK(test::kind_of([&] { desk.runtime().attach_gpu("desk-1", "pci:0000:3b:00.0", 5s); }) !=
        ErrorKind::guest);
  CHECK(desk.processors() == 1);
}

// Memory that the guest leaves offline is an error, not a success.
void check_memory_left_offline(Desk& desk) {
  // As a guest without the kernel's default does: what is plugged stays offline, and cannot be put online.
  desk.in_guest(
      "echo offline >/sys/devices/system/memory/auto_online_blocks; mkdir /tmp/memory; "
      "mount --bind /tmp/memory /sys/devices/system/memory");
  CHECK(test::kind_of([&] { desk.runtime().set_memory("desk-1", 512 * mib, 1s); }) == ErrorKind::guest);
  desk.in_guest(
      "umount /sys/devices/system/memory; "
      "echo online_movable >/sys/devices/system/memory/auto_online_blocks");
  desk.runtime().set_memory("desk-1", 512 * mib, 10s);
  desk.runtime().set_memory("desk-1", 192 * mib, 20s);
}

// A disk is held to its limit.
void check_storage_limit(Desk& desk) {
  desk.runtime().set_storage_limit("desk-1", 2 * mib);
  // Nothing here is too slow: at that rate, 8 MiB cannot be there sooner.
  const auto took_s = number(desk.in_guest(
      "from=$(date +%s); dd if=/dev/zero of=/home/probe bs=64k count=128 conv=fsync 2>/dev/null; "
      "echo $(($(date +%s) - from)); rm /home/probe"));
  CHECK(took_s >= 2);
  desk.runtime().set_storage_limit("desk-1", 0);
}

// A paused guest stands still, and goes on with the right time.
void check_pause(Desk& desk) {
  desk.runtime().suspend("desk-1");
  desk.runtime().suspend("desk-1");
  CHECK(desk.runtime().is_running("desk-1"));
  std::this_thread::sleep_for(2s);
  desk.runtime().resume("desk-1");
  const auto now =
      std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch());
  CHECK(std::llabs(static_cast<std::int64_t>(number(desk.in_guest("date +%s"))) - now.count()) <= 1);
}

// A saved guest takes no memory of the host, and comes back as it was.
void check_save(Desk& desk) {
  desk.runtime().set_vcpus("desk-1", 2, 10s);
  desk.runtime().set_memory("desk-1", 512 * mib, 10s);
  desk.in_guest("echo here >/dev/shm/mark");
  const auto file = desk.directory() / "instances" / "desk-1" / "saved";
  desk.runtime().save("desk-1", file);
  CHECK_FALSE(desk.runtime().is_running("desk-1"));
  CHECK(test::processes_with("guest=desk-1,").empty());
  desk.runtime().restore(desk.guest().spec(), file);
  desk.runtime().restore(desk.guest().spec(), file);  // as after one that was cut short
  desk.runtime().resume("desk-1");
  CHECK(desk.in_guest("cat /dev/shm/mark") == "here\n");
  CHECK(desk.processors() == 2);
  desk.runtime().set_memory("desk-1", 192 * mib, 20s);
}

}  // namespace

// One guest, booted once.
TEST_CASE("C2, B4: a guest's resources move while it runs, and it waits paused or saved") {
  Desk desk;
  check_memory_moves(desk);
  check_vcpus_move(desk);
  check_bounds(desk);
  check_memory_left_offline(desk);
  check_storage_limit(desk);
  check_pause(desk);
  check_save(desk);
}
