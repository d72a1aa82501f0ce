// What a container can be given and what it cannot: the second half of ContainerRuntime.
#include <cmath>
#include <thread>

#include "base/error.hpp"
#include "base/text.hpp"
#include "fleet/container/runtime.hpp"

namespace deskloom::fleet {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr milliseconds poll_every{100};
constexpr double cpu_tolerance = 0.01;
constexpr std::uint64_t memory_tolerance_bytes = 64 << 10;  // the kernel counts in whole pages

[[noreturn]] void refuse(const std::string& name, const std::string& what, const std::string& hint) {
  throw base::Error(base::ErrorKind::usage, "instance " + name + " is a container: " + what, hint);
}

[[noreturn]] void throw_not_given(const std::string& name, const std::string& what, milliseconds waited,
                                  const std::string& host) {
  throw base::Error(base::ErrorKind::guest,
                    "instance " + name + " does not have " + what + " after " +
                        std::to_string(waited.count()) + " ms, by its own control group",
                    "is there so much on host " + host + "?");
}

bool is_near(std::uint64_t a, std::uint64_t b) { return (a > b ? a - b : b - a) < memory_tolerance_bytes; }

}  // namespace

void ContainerRuntime::await_limit(const std::string& name, const std::string& what, milliseconds timeout,
                                   const std::function<bool(const CgroupReading&)>& is_so) {
  const auto deadline = steady_clock::now() + timeout;
  for (;; std::this_thread::sleep_for(poll_every)) {
    const auto reading = read_cgroup(name);
    if (reading && is_so(*reading)) return;
    if (steady_clock::now() < deadline) continue;
    throw_not_given(name, what, timeout, tool().host());
  }
}

void ContainerRuntime::set_vcpus(const std::string& name, std::uint32_t vcpus, milliseconds timeout) {
  change_cpus(name, vcpus);
  await_limit(name, std::to_string(vcpus) + " processors", timeout, [&](const CgroupReading& reading) {
    return reading.cpus && std::abs(*reading.cpus - vcpus) < cpu_tolerance;
  });
}

void ContainerRuntime::set_memory(const std::string& name, std::uint64_t bytes, milliseconds timeout) {
  change_memory(name, bytes);
  await_limit(name, base::human_size(bytes) + " of memory", timeout, [&](const CgroupReading& reading) {
    return reading.memory_limit_bytes && is_near(*reading.memory_limit_bytes, bytes);
  });
}

void ContainerRuntime::set_network_limit(const std::string& name, std::uint64_t bytes_s) {
  if (bytes_s != 0)
    refuse(name, "the network of a running one cannot be limited", "limit it on the host's side, or not");
}

void ContainerRuntime::set_storage_limit(const std::string& name, std::uint64_t bytes_s) {
  if (bytes_s != 0)
    refuse(name, "its file system is the host's, and what it reads and writes cannot be limited",
           "use a virtual machine where that is needed");
}

void ContainerRuntime::save(const std::string& name, const std::filesystem::path&) {
  refuse(name, "it cannot be saved to disk", "set ghost_mode = \"paused\" or \"booted\" in its pool");
}

void ContainerRuntime::restore(const InstanceSpec& spec, const std::filesystem::path&) {
  refuse(spec.name, "it cannot be restored from disk", "make a new one, and apply the persona to it");
}

void ContainerRuntime::attach_gpu(const std::string& name, const std::string&, std::chrono::milliseconds) {
  refuse(name, "a running one cannot be given a graphics card", "use a virtual machine where that is needed");
}

void ContainerRuntime::detach_gpu(const std::string& name, const std::string&, std::chrono::milliseconds) {
  refuse(name, "it has no graphics card that could be taken from it", "");
}

std::unique_ptr<VolumeReading> ContainerRuntime::open_volume(const std::string& name, const VolumeRequest&) {
  refuse(name, "it has no volume that could be captured", "capture its files: leave out --volume");
}

void ContainerRuntime::attach_volume(const std::string& name, const ServedVolume&,
                                     const std::vector<ByteRange>&, std::chrono::milliseconds) {
  refuse(name, "it cannot be given a volume", "restore its files, or use a virtual machine");
}

VolumeLocality ContainerRuntime::volume_locality(const std::string& name, const std::string&) {
  refuse(name, "it has no volumes", "");
}

VolumeLocality ContainerRuntime::localise_volume(const std::string& name, const ServedVolume&,
                                                 std::uint64_t) {
  refuse(name, "it has no volume that could become local", "");
}

MemoryFacts ContainerRuntime::save_memory(const std::string& name, const MemoryRequest&) {
  refuse(name, "its memory cannot be captured", "capture its files: leave out --memory");
}

void ContainerRuntime::restore_memory(const InstanceSpec& spec, const std::filesystem::path&) {
  refuse(spec.name, "memory cannot be restored to it", "restore to a virtual machine");
}

}  // namespace deskloom::fleet
