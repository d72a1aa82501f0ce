#pragma once

#include <functional>

#include "base/process.hpp"
#include "fleet/container/cgroup.hpp"
#include "fleet/container/pod_status.hpp"
#include "fleet/container/tool.hpp"
#include "fleet/runtime.hpp"

namespace deskloom::fleet {

// Instances as containers: each is a pod of its own, made from one manifest (pod_manifest.hpp) whatever runs
// it. A container has no disks, no firmware and no memory of its own that could be saved: what needs those
// throws Error(usage) saying so. Its directory holds the manifest, for people to read and use.
class ContainerRuntime : public Runtime {
 public:
  std::vector<std::string> running() override;  // ours alone: a cluster runs much that is no desktop
  bool is_running(const std::string& name) override;
  std::vector<Resident> residents(const std::filesystem::path& instance_dir) override;
  PresenceSigns presence(const std::string& name) override;
  std::vector<InstanceUsage> usage() override;
  void create_disks(const InstanceSpec& spec) override;
  // What is made of an instance that cannot be started is removed again.
  void start(const InstanceSpec& spec) override;
  void wait_for_agent(const std::string& name, std::chrono::milliseconds timeout) override;
  void destroy(const std::string& name, const std::filesystem::path& directory) override;
  ExecResult exec(const std::string& name, const std::vector<std::string>& argv,
                  std::chrono::milliseconds timeout) override;
  void exec_detached(const std::string& name, const std::vector<std::string>& argv) override;
  void write_file(const std::string& name, const std::string& path, const std::string& content) override;
  std::unique_ptr<base::Channel> open_channel(const std::string& name, std::chrono::milliseconds) override;
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

  // Both return when the container's control group says so.
  void set_vcpus(const std::string& name, std::uint32_t vcpus, std::chrono::milliseconds timeout) override;
  void set_memory(const std::string& name, std::uint64_t bytes, std::chrono::milliseconds timeout) override;
  void set_network_limit(const std::string& name, std::uint64_t bytes_s) override;
  void set_storage_limit(const std::string& name, std::uint64_t bytes_s) override;
  void save(const std::string& name, const std::filesystem::path& file) override;
  void restore(const InstanceSpec& spec, const std::filesystem::path& file) override;
  void attach_gpu(const std::string& name, const std::string& device, std::chrono::milliseconds) override;
  void detach_gpu(const std::string& name, const std::string& device, std::chrono::milliseconds) override;

 protected:
  explicit ContainerRuntime(Tool tool) : tool_(std::move(tool)) {}
  const Tool& tool() const { return tool_; }

  // Pods that are labelled as ours.
  virtual std::vector<PodStatus> pods() = 0;
  // The pod of that name, whoever made it.
  virtual std::optional<PodStatus> find(const std::string& name) = 0;
  virtual void apply(const InstanceSpec& spec, const std::string& manifest) = 0;
  virtual void remove(const std::string& name) = 0;
  virtual std::vector<std::string> exec_arguments(const std::string& name) const = 0;
  // Of an exec that failed: it is the engine's own failure, not the program's that was run.
  virtual bool is_engine_failure(const base::ProcessResult& result) const = 0;
  virtual std::string log_tail(const std::string& name) = 0;
  virtual void change_cpus(const std::string& name, std::uint32_t vcpus) = 0;
  virtual void change_memory(const std::string& name, std::uint64_t bytes) = 0;
  // As its host finds it: loopback when it has its host's network.
  virtual std::string address_of(const PodStatus& pod) = 0;
  static constexpr const char* loopback = "127.0.0.1";

 private:
  PodStatus get(const std::string& name);
  void require_ours(const PodStatus& pod) const;
  base::ProcessResult run_in(const std::string& name, const std::vector<std::string>& argv,
                             const base::ProcessOptions& options);
  [[noreturn]] void explain_failure(const std::string& name, const base::ProcessResult& result);
  bool answers(const std::string& name, std::string& complaint);
  std::optional<CgroupReading> read_cgroup(const std::string& name);
  void await_limit(const std::string& name, const std::string& what, std::chrono::milliseconds timeout,
                   const std::function<bool(const CgroupReading&)>& is_so);

  Tool tool_;
};

}  // namespace deskloom::fleet
