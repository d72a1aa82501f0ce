#include "fleet/libvirt/hotplug.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <sstream>
#include <thread>
#include <vector>

#include "base/text.hpp"
#include "fleet/libvirt/agent.hpp"
#include "fleet/libvirt/device_xml.hpp"
#include "fleet/libvirt/domain_xml.hpp"
#include "fleet/libvirt/error.hpp"

namespace deskloom::fleet {
namespace {

using base::Error;
using base::ErrorKind;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr std::uint64_t kib = 1024;
constexpr auto answer_time = milliseconds(5000);
constexpr auto settling_time = milliseconds(3000);
constexpr auto settling_poll = milliseconds(50);

// One waiting loop in the guest costs one question to its agent; a loop here would cost many. Both scripts
// need a POSIX shell, /proc and /sys, and print what is so at the end. $1: the longest wait, in seconds.

// $2: MemTotal in KiB that is waited for; $3: 1 when more memory comes, 0 when some goes.
// A block that comes is put online where the guest does not do so by itself; movable, so that it can go
// again.
constexpr const char* settle_memory = R"sh(
uptime() { read -r now _ </proc/uptime; now=${now%.*}; }
total() { while read -r key kib _; do [ "$key" = MemTotal: ] && break; done </proc/meminfo; }
online() {
  offline=0
  for state in /sys/devices/system/memory/memory*/state; do
    read -r is <"$state" || continue
    [ "$is" = offline ] || continue
    echo online_movable >"$state" 2>/dev/null || offline=$((offline + 1))
  done
}
uptime
begun=$now
while :; do
  offline=0
  [ "$3" = 0 ] || online
  total
  if [ "$3" = 1 ]; then
    [ "$kib" -ge "$2" ] && [ $offline = 0 ] && break
  else
    [ "$kib" -le "$2" ] && break
  fi
  uptime
  [ $now -gt $((begun + $1)) ] && break
  sleep 0.05
done
echo "$kib $offline"
)sh";

// $2: KiB of the device that the guest has by libvirt's word. Prints what it has beside the device, as it was
// the first time: later the two may differ, in a guest that left memory offline.
constexpr const char* memory_beside = R"sh(
auto=/sys/devices/system/memory/auto_online_blocks
read -r is <$auto
[ "$is" != offline ] || echo online_movable >$auto
known=/run/deskloom-memory
if ! read -r beside 2>/dev/null <$known; then
  while read -r key kib _; do [ "$key" = MemTotal: ] && break; done </proc/meminfo
  beside=$((kib - $2))
  echo $beside >$known
fi
echo $beside
)sh";

// $2: how many are to be online. Processor 0 cannot be taken offline, and has no file on most machines.
constexpr const char* settle_vcpus = R"sh(
uptime() { read -r now _ </proc/uptime; now=${now%.*}; }
uptime
begun=$now
while :; do
  online=0
  for cpu in /sys/devices/system/cpu/cpu[0-9]*; do
    want=0
    [ "${cpu##*/cpu}" -ge "$2" ] || want=1
    is=1
    [ ! -e "$cpu/online" ] || read -r is <"$cpu/online"
    if [ "$is" != $want ] && [ -e "$cpu/online" ]; then
      echo $want >"$cpu/online" 2>/dev/null && is=$want
    fi
    online=$((online + is))
  done
  [ $online = "$2" ] && break
  uptime
  [ $now -gt $((begun + $1)) ] && break
  sleep 0.05
done
echo $online
)sh";

std::string ask(const Connection& connection, const std::string& instance, const char* script,
                milliseconds timeout, const std::vector<std::string>& arguments) {
  std::vector<std::string> argv{"/bin/sh", "-c", script, "sh",
                                std::to_string((timeout.count() + 999) / 1000)};
  argv.insert(argv.end(), arguments.begin(), arguments.end());
  Agent agent(connection, instance);
  const auto result = agent.exec(argv, timeout + answer_time);
  if (result.exit_code == 0) return result.out;
  throw Error(
      ErrorKind::guest,
      "instance " + instance + " cannot say what it has: " + base::printable(result.err.substr(0, 300)),
      "the guest needs Linux, with /proc and /sys, for its resources to be changed");
}

// What a guest says is checked: so many numbers, and nothing else.
std::vector<std::uint64_t> numbers_in(const std::string& instance, const std::string& text,
                                      std::size_t count) {
  std::istringstream in(text);
  std::vector<std::uint64_t> numbers(count);
  for (std::uint64_t& number : numbers) in >> number;
  std::string rest;
  if (in && !(in >> rest)) return numbers;
  throw Error(ErrorKind::guest, "instance " + instance + " says of its resources: '" +
                                    base::printable(text.substr(0, 100)) + "'");
}

void request_memory(virDomainPtr domain, const std::string& instance, std::uint64_t bytes) {
  const std::string device = growing_memory_xml(live_xml(domain, instance), bytes);
  if (virDomainUpdateDeviceFlags(domain, device.c_str(), VIR_DOMAIN_AFFECT_LIVE) == 0) return;
  throw last_libvirt_error("cannot change the memory of instance " + instance);
}

[[noreturn]] void refuse_memory(const std::string& instance, const GrowingMemory& memory,
                                std::uint64_t bytes) {
  throw Error(ErrorKind::usage,
              fmt::format("instance {} can have {} to {} of memory, not {}", instance,
                          base::human_size(memory.base_bytes),
                          base::human_size(memory.base_bytes + memory.most_bytes), base::human_size(bytes)),
              "that was fixed when it was made; reclaim it, and the pool makes others");
}

GrowingMemory require_growing(const std::string& instance, const std::string& xml, std::uint64_t bytes) {
  const auto memory = growing_memory_of(xml);
  if (!memory) {
    throw Error(ErrorKind::usage,
                "instance " + instance + " was made with memory that neither grows nor shrinks",
                "set 'minimal_memory' of its pool below 'memory', and reclaim it");
  }
  if (bytes < memory->base_bytes || bytes > memory->base_bytes + memory->most_bytes)
    refuse_memory(instance, *memory, bytes);
  return *memory;
}

// libvirt hears late how much of an earlier request the guest has met.
GrowingMemory settled_memory(virDomainPtr domain, const std::string& instance, std::uint64_t bytes) {
  const auto deadline = steady_clock::now() + settling_time;
  for (;;) {
    const auto memory = require_growing(instance, live_xml(domain, instance), bytes);
    if (memory.current_bytes == memory.requested_bytes || steady_clock::now() >= deadline) return memory;
    std::this_thread::sleep_for(settling_poll);
  }
}

[[noreturn]] void throw_not_taken(const std::string& instance, bool grows, std::uint64_t wanted_kib,
                                  std::uint64_t has_kib, std::uint64_t offline) {
  const std::string has = base::human_size(has_kib * kib), wanted = base::human_size(wanted_kib * kib);
  const std::string what =
      grows ? fmt::format("took less memory than it was given: it has {} in use, not {}", has, wanted)
            : fmt::format("keeps memory that it was to give back: it has {} in use, not {}", has, wanted);
  const std::string blocks = offline == 0 ? "" : fmt::format("; {} blocks stay offline", offline);
  throw Error(ErrorKind::guest, "instance " + instance + " " + what + blocks,
              grows ? "its kernel needs the virtio_mem driver and memory for the new memory's tables"
                    : "end programs in it, or give it time");
}

}  // namespace

void give_memory(const Connection& connection, const std::string& instance, std::uint64_t bytes,
                 milliseconds timeout) {
  const auto domain = connection.get(instance);
  const GrowingMemory memory = settled_memory(domain.get(), instance, bytes);
  const std::uint64_t wanted =
      (bytes - memory.base_bytes + growing_block_bytes - 1) / growing_block_bytes * growing_block_bytes;
  if (wanted == memory.current_bytes && wanted == memory.requested_bytes) return;
  const auto beside_kib =
      numbers_in(
          instance,
          ask(connection, instance, memory_beside, timeout, {std::to_string(memory.current_bytes / kib)}), 1)
          .front();
  request_memory(domain.get(), instance, wanted);
  const bool grows = wanted > memory.current_bytes;
  // All of a virtio-mem device counts as the guest's: its tables lie in memory that it had before.
  const std::uint64_t wanted_kib = beside_kib + wanted / kib;
  const auto said =
      ask(connection, instance, settle_memory, timeout, {std::to_string(wanted_kib), grows ? "1" : "0"});
  const auto numbers = numbers_in(instance, said, 2);
  const std::uint64_t has_kib = numbers[0], offline = numbers[1];
  const bool as_wanted = grows ? has_kib >= wanted_kib : has_kib <= wanted_kib;
  if (as_wanted && offline == 0) return;
  throw_not_taken(instance, grows, wanted_kib, has_kib, offline);
}

void give_vcpus(const Connection& connection, const std::string& instance, std::uint32_t vcpus,
                milliseconds timeout) {
  const auto domain = connection.get(instance);
  const int most = virDomainGetVcpusFlags(domain.get(), VIR_DOMAIN_VCPU_MAXIMUM | VIR_DOMAIN_VCPU_LIVE);
  const int plugged = virDomainGetVcpusFlags(domain.get(), VIR_DOMAIN_VCPU_LIVE);
  if (most < 0 || plugged < 0)
    throw last_libvirt_error("cannot ask how many processors instance " + instance + " has");
  if (vcpus < 1 || vcpus > static_cast<std::uint32_t>(most)) {
    throw Error(ErrorKind::usage,
                fmt::format("instance {} can have 1 to {} processors, not {}", instance, most, vcpus),
                "that was fixed when it was made; reclaim it, and the pool makes others");
  }
  if (vcpus > static_cast<std::uint32_t>(plugged) &&
      virDomainSetVcpusFlags(domain.get(), vcpus, VIR_DOMAIN_VCPU_LIVE) != 0)
    throw last_libvirt_error("cannot give instance " + instance + " more processors");
  const auto said = ask(connection, instance, settle_vcpus, timeout, {std::to_string(vcpus)});
  const auto online = numbers_in(instance, said, 1).front();
  if (online == vcpus) return;
  throw Error(ErrorKind::guest,
              fmt::format("instance {} has {} processors online, not {}", instance, online, vcpus),
              "see /sys/devices/system/cpu in it: its kernel must allow processors to come and go");
}

}  // namespace deskloom::fleet
