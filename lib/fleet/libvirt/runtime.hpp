#pragma once

#include <memory>

#include "fleet/libvirt/connection.hpp"
#include "fleet/runtime.hpp"

namespace deskloom::fleet {

// One host through libvirt. Holds no state of its own beside the connection, which libvirt guards.
class LibvirtRuntime : public Runtime {
 public:
  explicit LibvirtRuntime(const HostTarget& target);

  HostFacts probe() override;
  std::vector<std::string> running() override;
  bool is_running(const std::string& name) override;
  std::vector<Resident> residents(const std::filesystem::path& instance_dir) override;
  PresenceSigns presence(const std::string& name) override;
  std::vector<InstanceUsage> usage() override;
  void create_disks(const InstanceSpec& spec) override;
  void start(const InstanceSpec& spec) override;
  void wait_for_agent(const std::string& name, std::chrono::milliseconds timeout) override;
  void destroy(const std::string& name, const std::filesystem::path& directory) override;
  void suspend(const std::string& name) override;
  void resume(const std::string& name) override;
  void save(const std::string& name, const std::filesystem::path& file) override;
  void restore(const InstanceSpec& spec, const std::filesystem::path& file) override;
  void set_memory(const std::string& name, std::uint64_t bytes, std::chrono::milliseconds timeout) override;
  void set_vcpus(const std::string& name, std::uint32_t vcpus, std::chrono::milliseconds timeout) override;
  void set_network_limit(const std::string& name, std::uint64_t bytes_s) override;
  void set_storage_limit(const std::string& name, std::uint64_t bytes_s) override;
  void attach_gpu(const std::string& name, const std::string& device,
                  std::chrono::milliseconds timeout) override;
  void detach_gpu(const std::string& name, const std::string& device,
                  std::chrono::milliseconds timeout) override;
  ExecResult exec(const std::string& name, const std::vector<std::string>& argv,
                  std::chrono::milliseconds timeout) override;
  void exec_detached(const std::string& name, const std::vector<std::string>& argv) override;
  void write_file(const std::string& name, const std::string& path, const std::string& content) override;
  std::unique_ptr<base::Channel> open_channel(const std::string& name,
                                              std::chrono::milliseconds timeout) override;
  std::unique_ptr<base::Channel> start_helper(const std::string& name, std::vector<std::string> argv,
                                              std::chrono::milliseconds timeout) override;
  std::optional<Display> display(const std::string& name) override;
  Address address(const std::string& name) override;
  std::unique_ptr<VolumeReading> open_volume(const std::string& name, const VolumeRequest& request) override;
  void attach_volume(const std::string& name, const ServedVolume& volume, const std::vector<ByteRange>& first,
                     std::chrono::milliseconds timeout) override;
  VolumeLocality volume_locality(const std::string& name, const std::string& disk) override;
  VolumeLocality localise_volume(const std::string& name, const ServedVolume& volume,
                                 std::uint64_t bytes_s) override;
  MemoryFacts save_memory(const std::string& name, const MemoryRequest& request) override;
  void restore_memory(const InstanceSpec& spec, const std::filesystem::path& file) override;

 private:
  void require_ours(virDomainPtr domain, const std::string& name) const;
  void stop(virDomainPtr domain, const std::string& name) const;

  HostTarget target_;
  std::shared_ptr<Connection> connection_;
};

}  // namespace deskloom::fleet
