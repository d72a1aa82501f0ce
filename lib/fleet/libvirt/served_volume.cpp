#include "fleet/libvirt/served_volume.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <optional>
#include <thread>

#include "base/fd.hpp"
#include "base/json.hpp"
#include "base/process.hpp"
#include "base/text.hpp"
#include "fleet/libvirt/agent.hpp"
#include "fleet/libvirt/background_copy.hpp"
#include "fleet/libvirt/backup_job.hpp"
#include "fleet/libvirt/backup_xml.hpp"
#include "fleet/libvirt/device_xml.hpp"
#include "fleet/libvirt/error.hpp"
#include "fleet/volume_server.hpp"

namespace deskloom::fleet {
namespace {

using base::Error;
using base::ErrorKind;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr auto answer_time = milliseconds(5000);
constexpr auto going_on_time = std::chrono::seconds(30);
constexpr auto going_on_poll = milliseconds(200);
constexpr std::uint64_t read_at_once = 16 << 20;
constexpr std::uint64_t stat_block_bytes = 512;

// $1: the longest wait, in seconds; $2: a disk's serial number.
constexpr const char* wait_for_disk = R"sh(
tries=0
until grep -qsxF "$2" /sys/block/*/serial; do
  tries=$((tries + 1))
  [ $tries -le $(($1 * 20)) ] || exit 1
  sleep 0.05
done
)sh";

std::filesystem::path file_of(const ServedVolume& volume) {
  return volume.directory / (volume.disk + ".qcow2");
}

VolumeServer start_server(const Connection& connection, const ServedVolume& volume) {
  VolumeServer server(volume.directory, volume.disk);
  server.start(volume.server, !connection.embedded());
  return server;
}

void run_tool(const std::vector<std::string>& argv, const std::string& input, const std::string& what) {
  base::ProcessOptions options;
  options.input = input;
  const auto ended = base::run_process(argv, options);
  if (ended.exit_code == 0) return;
  throw Error(ErrorKind::failed, "cannot " + what + ": " + ended.err,
              "it needs qemu-img and qemu-io (Debian: qemu-utils)");
}

// What is read through a file with copy-on-read stays in it.
void copy_first(const std::filesystem::path& file, const std::vector<ByteRange>& first) {
  std::string commands;
  for (ByteRange range : first) {
    while (range.length > 0) {
      const auto length = std::min(range.length, read_at_once);
      commands += "read -q " + std::to_string(range.offset) + " " + std::to_string(length) + "\n";
      range.offset += length;
      range.length -= length;
    }
  }
  if (commands.empty()) return;
  run_tool({"qemu-io", "-C", "-t", "unsafe", "-f", "qcow2", "--", file.string()}, commands,
           "copy what was used last to " + file.string());
}

// Written under another name first: a file with the right name is whole.
void make_overlay(const ServedVolume& volume, const std::filesystem::path& socket,
                  const std::vector<ByteRange>& first) {
  const auto file = file_of(volume);
  if (std::filesystem::exists(file)) return;
  const std::string unfinished = file.string() + ".new";
  const base::Json backing{
      {"driver", "raw"},
      {"file", {{"driver", "nbd"}, {"server", {{"type", "unix"}, {"path", socket.string()}}}}}};
  run_tool({"qemu-img", "create", "-q", "-f", "qcow2", "-F", "raw", "-b", "json:" + backing.dump(),
            unfinished, std::to_string(volume.size_bytes)},
           "", "make " + file.string());
  copy_first(unfinished, first);
  std::filesystem::rename(unfinished, file);
}

// The disk as the instance has it; nullopt: it has none of that name.
std::optional<ServedDisk> attached(const std::string& xml, const ServedVolume& volume,
                                   const std::string& instance) {
  LiveDisk disk;
  try {
    disk = find_disk(xml, volume.disk);
  } catch (const Error&) {
    return std::nullopt;
  }
  auto served = served_disk_of(xml, disk.target);
  if (served.serial == volume.disk) return served;
  throw Error(ErrorKind::usage, "instance " + instance + " has a disk " + volume.disk + " already",
              "attach volumes to instances of an image without 'persona_volume'");
}

void plug(virDomainPtr domain, const std::string& instance, const std::string& xml) {
  if (virDomainAttachDeviceFlags(domain, xml.c_str(), VIR_DOMAIN_AFFECT_LIVE) == 0) return;
  const auto error = last_libvirt_error("cannot give a volume to instance " + instance);
  throw Error(
      error.kind(), error.what(),
      "instances that an older version made have no free slot for it: let 'pool apply' make new ones");
}

void wait_for_guest(const Connection& connection, const std::string& instance, const std::string& serial,
                    milliseconds timeout) {
  Agent agent(connection, instance);
  const auto seconds = std::to_string((timeout.count() + 999) / 1000);
  const auto found =
      agent.exec({"/bin/sh", "-c", wait_for_disk, "sh", seconds, serial}, timeout + answer_time);
  if (found.exit_code == 0) return;
  throw Error(ErrorKind::guest, "instance " + instance + " does not see the disk " + serial,
              "its kernel must allow PCI devices to come while it runs");
}

bool waits_for_bytes(virDomainPtr domain, const std::string& instance) {
  int state = 0, reason = 0;
  if (virDomainGetState(domain, &state, &reason, 0) != 0)
    throw last_libvirt_error("cannot ask how instance " + instance + " is");
  return state == VIR_DOMAIN_PAUSED && reason == VIR_DOMAIN_PAUSED_IOERROR;
}

// A read that gets no answer in time stops the instance. Let go on, it reads again, and may stop again.
void let_go_on(virDomainPtr domain, const std::string& instance) {
  const auto deadline = steady_clock::now() + going_on_time;
  while (waits_for_bytes(domain, instance)) {
    if (steady_clock::now() >= deadline) {
      throw Error(ErrorKind::failed,
                  "instance " + instance + " stands still: a read from its disk gets no answer",
                  "its host's log says why (virsh domblkerror " + instance + ")");
    }
    if (virDomainResume(domain) != 0) throw last_libvirt_error("cannot let instance " + instance + " go on");
    std::this_thread::sleep_for(going_on_poll);
  }
}

std::uint64_t bytes_on_disk(const std::filesystem::path& file) {
  struct stat status {};
  return ::stat(file.c_str(), &status) == 0 ? static_cast<std::uint64_t>(status.st_blocks) * stat_block_bytes
                                            : 0;
}

// Whether QEMU has lost its connection is not asked while all is well: see size_of_qcow2.
void serve_again(const Connection& connection, virDomainPtr domain, const std::string& instance,
                 const ServedVolume& volume) {
  const bool was_served = VolumeServer(volume.directory, volume.disk).is_alive();
  start_server(connection, volume);
  if (!was_served || waits_for_bytes(domain, instance)) connect_anew(domain);
}

// From the header (QEMU's docs/interop/qcow2.txt), where a disk's size stays as it was made. libvirt would
// ask QEMU for all block nodes, and QEMU 7.2 crashes when that meets the end of a copy: bdrv_refresh_filename
// looks for the child of a filter that has just lost it.
std::uint64_t size_of_qcow2(const std::filesystem::path& file) {
  constexpr std::size_t size_offset = 24, size_bytes = 8;
  std::array<unsigned char, size_bytes> bytes{};
  const auto fd = base::open_file(file, O_RDONLY);
  if (::pread(fd.get(), bytes.data(), bytes.size(), size_offset) != static_cast<ssize_t>(bytes.size()))
    throw Error(ErrorKind::corrupt, file.string() + " is no qcow2 image: it has no whole header",
                "reclaim the instance: what was captured of it is in the snapshot store");
  std::uint64_t size = 0;
  for (const unsigned char byte : bytes) size = size << 8U | byte;
  return size;
}

}  // namespace

void attach_served_volume(const Connection& connection, const std::string& instance,
                          const ServedVolume& volume, const std::vector<ByteRange>& first,
                          milliseconds timeout) {
  require_same_machine(connection);
  const auto domain = connection.get(instance);
  const std::string xml = live_xml(domain.get(), instance);
  const auto there = attached(xml, volume, instance);
  if (there && there->socket.empty()) return;
  if (there) {
    serve_again(connection, domain.get(), instance, volume);
    return let_go_on(domain.get(), instance);
  }
  const auto server = start_server(connection, volume);
  make_overlay(volume, server.socket(), first);
  plug(domain.get(), instance,
       served_disk_xml({free_target(xml), volume.disk, file_of(volume), server.socket()}));
  wait_for_guest(connection, instance, volume.disk, timeout);
}

VolumeLocality locality_of(const Connection& connection, const std::string& instance,
                           const std::string& disk) {
  const auto domain = connection.get(instance);
  const std::string xml = live_xml(domain.get(), instance);
  const auto found = find_disk(xml, disk);
  VolumeLocality locality;
  locality.size_bytes = size_of_qcow2(found.file);
  locality.local_bytes = bytes_on_disk(found.file);
  locality.is_local = served_disk_of(xml, found.target).socket.empty();
  locality.is_copying = !locality.is_local && copy_runs(domain.get(), instance, found.target);
  return locality;
}

VolumeLocality localise_served_volume(const Connection& connection, const std::string& instance,
                                      const ServedVolume& volume, std::uint64_t bytes_s) {
  require_same_machine(connection);
  const auto domain = connection.get(instance);
  const auto there = attached(live_xml(domain.get(), instance), volume, instance);
  if (!there) {
    throw Error(ErrorKind::not_found, "instance " + instance + " has no disk " + volume.disk);
  }
  if (!there->socket.empty()) {
    serve_again(connection, domain.get(), instance, volume);
    begin_copy(domain.get(), instance, there->target, bytes_s);
  }
  let_go_on(domain.get(), instance);
  const auto locality = locality_of(connection, instance, volume.disk);
  if (locality.is_local) VolumeServer(volume.directory, volume.disk).end();
  return locality;
}

}  // namespace deskloom::fleet
