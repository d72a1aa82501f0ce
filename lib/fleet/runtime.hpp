#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/stream.hpp"
#include "domain/instance.hpp"
#include "fleet/image.hpp"
#include "fleet/memory.hpp"
#include "fleet/presence.hpp"
#include "fleet/resident.hpp"
#include "fleet/usage.hpp"
#include "fleet/volume.hpp"

namespace deskloom::fleet {

struct HostFacts {
  std::string hypervisor;   // "QEMU 7.2.22", "Podman 4.3.1"
  std::string libvirt;      // "9.0.0"; empty where containers run
  std::string accelerator;  // "kvm" or "tcg", proven by starting something; "none" where containers run
  std::string accelerator_reason;
  std::uint32_t cpus = 0;
  std::uint64_t memory_bytes = 0;
};

// What a new instance is to be.
struct InstanceSpec {
  std::string name;
  Image image;
  domain::Allocation allocation;    // what it starts with
  domain::Allocation full;          // what it can be given while it runs, where that is more
  std::string network = "none";     // or "user", "bridge:NAME", "network:NAME" (libvirt's)
  std::filesystem::path directory;  // its disks, on the host; named after it; made by create_disks, removed
                                    // by destroy
  std::string accelerator;          // "kvm", "tcg", "none"
  std::map<std::string, std::string> environment;  // of a container's program
};

struct ExecResult {
  int exit_code = 0;
  std::string out;  // cut at 1 MiB
  std::string err;
};

struct Display {
  std::string protocol;  // "vnc", "spice"
  std::string host;      // as reached from the host itself
  int port = 0;
};

// Where other instances find one.
struct Address {
  std::string ip;                 // empty: nobody finds it from outside
  bool is_hosts_network = false;  // it has its host's network: on that machine it is found at 127.0.0.1
};

// Everything that can be done to the instances of one host. All calls throw base::Error: host_unreachable
// when the host does not answer, guest when the instance's agent does not, not_found when there is no such
// domain. Calls are safe from several threads.
class Runtime {
 public:
  virtual ~Runtime() = default;

  virtual HostFacts probe() = 0;
  // Names of the running domains.
  virtual std::vector<std::string> running() = 0;
  virtual bool is_running(const std::string& name) = 0;
  // SPEC I1. What Deskloom made with directories beneath instance_dir, by name. What others made is left out,
  // and so is what another installation made on the same host.
  virtual std::vector<Resident> residents(const std::filesystem::path& instance_dir) = 0;
  // SPEC B6. nothing is asked of a guest that does not run.
  virtual PresenceSigns presence(const std::string& name) = 0;
  // Of all running domains, those of others too.
  virtual std::vector<InstanceUsage> usage() = 0;

  // Idempotent steps of provisioning.
  virtual void create_disks(const InstanceSpec& spec) = 0;
  virtual void start(const InstanceSpec& spec) = 0;
  virtual void wait_for_agent(const std::string& name, std::chrono::milliseconds timeout) = 0;
  // Stops the domain at once and removes its definition and directory; nothing when it is gone already.
  virtual void destroy(const std::string& name, const std::filesystem::path& directory) = 0;

  // SPEC B4. suspend: the processors stand still, memory stays; running and is_running still name it. resume:
  // they go on, and the guest's clock is set. Both are nothing when it is so already.
  virtual void suspend(const std::string& name) = 0;
  virtual void resume(const std::string& name) = 0;
  // Writes memory and processors to file, and ends the domain.
  virtual void save(const std::string& name, const std::filesystem::path& file) = 0;
  // The way back, until resume lets it go on. A domain of that name that is there is one that was never let
  // go on: what is left of a restoration that was cut short. It is ended first.
  virtual void restore(const InstanceSpec& spec, const std::filesystem::path& file) = 0;

  // SPEC C2. Each gives a running instance so much of one resource, and returns when its guest has it, or has
  // given it back, by the guest's own word. Throws Error(guest) when it has not within timeout, saying what
  // it has, and Error(usage) when the instance or its host cannot be given it at all. Again is nothing.
  virtual void set_memory(const std::string& name, std::uint64_t bytes,
                          std::chrono::milliseconds timeout) = 0;
  virtual void set_vcpus(const std::string& name, std::uint32_t vcpus, std::chrono::milliseconds timeout) = 0;
  // Bytes a second, each way; 0: not limited. In force when it returns.
  virtual void set_network_limit(const std::string& name, std::uint64_t bytes_s) = 0;
  // Bytes a second of each disk.
  virtual void set_storage_limit(const std::string& name, std::uint64_t bytes_s) = 0;
  // device: "pci:0000:3b:00.0", "mdev:UUID".
  virtual void attach_gpu(const std::string& name, const std::string& device,
                          std::chrono::milliseconds timeout) = 0;
  virtual void detach_gpu(const std::string& name, const std::string& device,
                          std::chrono::milliseconds timeout) = 0;

  // Through the QEMU guest agent, as root. argv[0] is an absolute path; no shell.
  virtual ExecResult exec(const std::string& name, const std::vector<std::string>& argv,
                          std::chrono::milliseconds timeout) = 0;
  // Starts argv and does not wait for it.
  virtual void exec_detached(const std::string& name, const std::vector<std::string>& argv) = 0;
  virtual void write_file(const std::string& name, const std::string& path, const std::string& content) = 0;
  // The host side of the virtio-serial port org.deskloom.0, given to the domain live when it lacks one. Only
  // one at a time. timeout: the longest that one read or write may take.
  virtual std::unique_ptr<base::Channel> open_channel(const std::string& name,
                                                      std::chrono::milliseconds timeout) = 0;
  // Starts the helper (argv, without the arguments that name its channel) in the guest as root, and gives the
  // host's end of that channel: the port above, or the standard input and output of a container's process.
  virtual std::unique_ptr<base::Channel> start_helper(const std::string& name, std::vector<std::string> argv,
                                                      std::chrono::milliseconds timeout) = 0;
  virtual std::optional<Display> display(const std::string& name) = 0;
  // Of a virtual machine, by its guest's own word.
  virtual Address address(const std::string& name) = 0;

  // One disk as it is now, while the instance goes on: its file systems are frozen for the moment in which a
  // pull backup begins, with a checkpoint for the next one. Only on the machine that this runs on (qemu:///…,
  // qemu+unix:///…), as a user who can open QEMU's socket. Throws Error(usage) on a name that is none,
  // Error(locked) while another backup of the instance runs, Error(guest) when the guest cannot be thawed.
  virtual std::unique_ptr<VolumeReading> open_volume(const std::string& name,
                                                     const VolumeRequest& request) = 0;

  // SPEC A8. Gives a running instance a disk that reads what it lacks from volume.server, and returns when
  // the guest has it. first: what is copied before. Again is nothing, but a server that has ended is started,
  // and an instance that stands still for want of it goes on. Only on the machine that this runs on. Throws
  // Error(usage) when the instance has another disk of that name, Error(guest) when it does not see it.
  virtual void attach_volume(const std::string& name, const ServedVolume& volume,
                             const std::vector<ByteRange>& first, std::chrono::milliseconds timeout) = 0;
  // Any disk, called as in VolumeRequest.
  virtual VolumeLocality volume_locality(const std::string& name, const std::string& disk) = 0;
  // Sees to it that such a volume becomes local: starts a server that has ended, lets an instance that stands
  // still for want of it go on, begins the copy in the background, of at most so many bytes a second (0: not
  // limited), and ends the server once nothing is read from it. Does not wait for the copy.
  virtual VolumeLocality localise_volume(const std::string& name, const ServedVolume& volume,
                                         std::uint64_t bytes_s) = 0;

  // Memory and processor state, while the instance goes on; memory.hpp says what is written. It is worth
  // something only together with the disks as they are in that moment: restoring it over disks that were
  // written to since destroys their file systems. Not while a volume of the instance is open (Error(failed)).
  virtual MemoryFacts save_memory(const std::string& name, const MemoryRequest& request) = 0;
  // Starts spec's instance from such a file, here or on another host with a processor and QEMU like the first
  // one's; the file and the disks that spec means are there. It goes on at once. Throws Error(usage) when the
  // file is another instance's, Error(failed) when it is not whole or the instance runs already.
  virtual void restore_memory(const InstanceSpec& spec, const std::filesystem::path& file) = 0;
};

}  // namespace deskloom::fleet
