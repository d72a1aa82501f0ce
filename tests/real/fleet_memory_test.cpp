#include <signal.h>
#include <unistd.h>

#include <cstdlib>
#include <thread>

#include "base/fd.hpp"
#include "base/process.hpp"
#include "operation/images.hpp"
#include "operation/restores.hpp"
#include "real/fleet_checks.hpp"
#include "real/volume_copy.hpp"
#include "support/catch.hpp"
#include "support/temp_dir.hpp"

using namespace deskloom;
using namespace std::chrono_literals;

namespace {

constexpr const char* part_variable = "DESKLOOM_TEST_DIR";

// Two embedded roots are two hosts, each a process's own: the first is this program started again.
base::ProcessResult run_first_host(const std::string& part, const std::filesystem::path& directory) {
  base::ProcessOptions options;
  options.environment = {std::string(part_variable) + "=" + directory.string()};
  options.timeout = 150s;
  return base::run_process({std::filesystem::read_symlink("/proc/self/exe"), part}, options);
}

void run_killed(const std::filesystem::path& directory, const std::string& delay_ms) {
  base::write_file_durably(directory / "delay", delay_ms);
  const auto part = run_first_host("[.part-killed]", directory);
  INFO(part.out);
  CHECK(part.exit_code == 128 + SIGKILL);
}

fleet::HostTarget host(const std::filesystem::path& directory, const std::string& name) {
  auto target = test::lab_target(directory / name, "embedded");
  target.cache_dir = directory / "cache";
  return target;
}

long count(test::FleetGuest& guest) { return std::stol(test::shell(guest, "cat /tmp/count")); }
std::string boot_id(test::FleetGuest& guest) {
  return test::shell(guest, "cat /proc/sys/kernel/random/boot_id");
}

void start_counter(test::FleetGuest& guest) {
  guest.runtime().exec_detached(guest.name(), {"/bin/sh", "-c",
                                               "i=0; while :; do i=$((i+1)); echo $i >/tmp/c; "
                                               "mv /tmp/c /tmp/count; usleep 10000; done"});
  // Restored over disks that the guest went on writing to, it would find them changed under it.
  test::shell(guest, "sync; mount -o remount,ro /home; sleep 0.5");
}

void check_counts_on(test::FleetGuest& guest) {
  const long before = count(guest);
  std::this_thread::sleep_for(300ms);
  CHECK(count(guest) > before);
}

fleet::MemoryFacts save(test::FleetGuest& guest, const fleet::MemoryRequest& request) {
  const auto facts = guest.runtime().save_memory(guest.name(), request);
  WARN("stopped for " << facts.paused_ms << " of " << facts.total_ms << " ms; "
                      << std::filesystem::file_size(request.file) / 1000 / 1000 << " MB");
  CHECK(facts.paused_ms > 0);
  CHECK(facts.paused_ms < facts.total_ms + 100);
  check_counts_on(guest);
  return facts;
}

void save_while_busy(test::FleetGuest& guest, const std::filesystem::path& directory) {
  guest.runtime().exec_detached(
      guest.name(),
      {"/bin/sh", "-c",
       "for i in 1 2 3 4 5 6; do dd if=/dev/zero of=/tmp/busy bs=1M count=60 conv=notrunc; done"});
  CHECK(save(guest, {directory / "busy"}).paused_ms < 1000);
  save(guest, {directory / "stopped", 1ms});  // no patience: written while it is stopped
  test::shell(guest, "rm -f /tmp/busy");
}

void copy_disks(test::FleetGuest& guest, const std::filesystem::path& to) {
  std::filesystem::create_directories(to);
  std::filesystem::copy(guest.spec().directory / "persona.qcow2", to / "persona.qcow2");
}

// Into a snapshot store and out of it.
std::filesystem::path through_store(const std::filesystem::path& directory,
                                    const std::filesystem::path& saved) {
  snapshot::Store::init(directory / "store");
  const auto store = snapshot::Store::open(directory / "store");
  base::NoProgress progress;
  const auto writer = store->begin(progress);
  const auto memory = operation::open_memory_image(saved);
  writer->put_image("memory", *memory.pages, nullptr);
  base::TextSource rest(memory.rest.value());
  CHECK(writer->put_stream(operation::machine_layer, rest).size_bytes < 4 << 20);
  const auto snapshot = writer->commit(base::Json::object(), base::Timestamp{});
  const auto restored = directory / "from-store";
  operation::restore_layer(*store, snapshot, *snapshot.layer("memory"), restored, progress);
  CHECK(base::run_process({"cmp", saved, restored}).exit_code == 0);
  WARN("stored as " << writer->stats().added_bytes / 1000 / 1000 << " MB");
  return restored;
}

}  // namespace

TEST_CASE("part: is killed while it saves memory", "[.part-killed]") {
  const std::filesystem::path directory = std::getenv(part_variable);
  const auto runtime = fleet::open_runtime(host(directory, "a"));
  test::FleetGuest guest(*runtime, directory / "a", "desk-m");
  guest.keep();
  guest.boot();
  const auto delay = std::chrono::milliseconds(std::stoi(base::read_file(directory / "delay", 100)));
  std::thread([delay] {
    std::this_thread::sleep_for(delay);
    ::kill(::getpid(), SIGKILL);
  }).detach();
  runtime->save_memory(guest.name(), {directory / ("killed" + std::to_string(delay.count()))});
  std::this_thread::sleep_for(1s);
}

TEST_CASE("part: saves the memory of an instance that goes on", "[.part-saves]") {
  const std::filesystem::path directory = std::getenv(part_variable);
  const auto runtime = fleet::open_runtime(host(directory, "a"));
  test::FleetGuest guest(*runtime, directory / "a", "desk-m");
  guest.boot();
  start_counter(guest);
  save_while_busy(guest, directory);
  // Made up when it is first read: so before memory is saved.
  base::write_file_durably(directory / "boot_id", boot_id(guest));
  const long earlier = count(guest);
  save(guest, {directory / "memory"});
  CHECK(test::kind_of([&] { guest.runtime().restore_memory(guest.spec(), directory / "memory"); }) ==
        base::ErrorKind::failed);
  copy_disks(guest, directory / "b/instances/desk-m");
  base::write_file_durably(directory / "earlier", std::to_string(earlier));
  std::this_thread::sleep_for(2s);
  base::write_file_durably(directory / "later", std::to_string(count(guest)));
}

TEST_CASE("an instance goes on, on another host, where its memory was saved") {
  const test::TempDir directory;
  for (const char* delay : {"20", "100", "200", "300"}) run_killed(directory.path(), delay);
  const auto part = run_first_host("[.part-saves]", directory.path());
  WARN(part.out);
  REQUIRE(part.exit_code == 0);

  const auto runtime = fleet::open_runtime(host(directory.path(), "b"));
  test::FleetGuest guest(*runtime, directory / "b", "desk-m");
  const auto start = std::chrono::steady_clock::now();
  runtime->restore_memory(guest.spec(), through_store(directory.path(), directory / "memory"));
  WARN("restored in " << std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count()
                      << " s");
  runtime->wait_for_agent(guest.name(), 30s);
  const long restored = count(guest);
  CHECK(restored >= std::stol(base::read_file(directory / "earlier", 100)));
  CHECK(restored < std::stol(base::read_file(directory / "later", 100)));
  check_counts_on(guest);
  CHECK(boot_id(guest) == base::read_file(directory / "boot_id", 100));
  test::shell(guest, "mount -o remount,rw /home; echo x >/home/x; sync");

  base::write_file_durably(directory / "half",
                           base::read_file(directory / "memory", 1 << 30).substr(0, 1 << 20));
  test::FleetGuest other(*runtime, directory / "b", "desk-n");
  CHECK(test::kind_of([&] { runtime->restore_memory(other.spec(), directory / "memory"); }) ==
        base::ErrorKind::usage);
  CHECK(test::kind_of([&] { runtime->save_memory("nobody", {directory / "x"}); }) ==
        base::ErrorKind::not_found);
  test::check_destroy_leaves_nothing(guest);
  CHECK(test::kind_of([&] { runtime->restore_memory(guest.spec(), directory / "half"); }) ==
        base::ErrorKind::failed);
}
