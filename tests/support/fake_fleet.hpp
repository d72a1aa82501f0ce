#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "fleet/runtime.hpp"

namespace deskloom::test {

// A host whose domains are files in a directory, so that they outlive the process that made them, as real
// ones do. For speed and for faults; what it says about real guests is nothing.
class FakeFleet : public fleet::Runtime {
 public:
  explicit FakeFleet(std::filesystem::path directory) : directory_(std::move(directory)) {}

  // Called before and after each effect ("start", "start done", …): throw or kill the process here.
  std::function<void(const std::string& call, const std::string& instance)> on_call;

  // Resources that guests do not take, as real ones may not.
  std::set<domain::Resource> refused;
  domain::Allocation has(const std::string& name) const { return domain_of(name).allocation; }
  std::string volume_of(const std::string& name) const { return domain_of(name).volume; }
  // The copy in the background comes to its end.
  void finish_copy(const std::string& name) const;
  bool is_paused(const std::string& name) const { return domain_of(name).is_paused; }
  std::vector<std::string> gpus_of(const std::string& name) const { return domain_of(name).gpus; }

  std::map<std::string, fleet::PresenceSigns> signs;  // by instance: what presence() says

  std::vector<fleet::InstanceUsage> used;  // what the next usage() says

  // What is run in guests ends as this says; unset: with 0.
  std::function<fleet::ExecResult(const std::string& name, const std::vector<std::string>& argv)> on_exec;
  // "INSTANCE:PATH", as it was written last.
  std::map<std::string, std::string> written;
  // Of those that run, what they were started with.
  std::map<std::string, fleet::InstanceSpec> started;

  fleet::HostFacts probe() override;
  std::vector<std::string> running() override;
  bool is_running(const std::string& name) override;
  std::vector<fleet::Resident> residents(const std::filesystem::path& instance_dir) override {
    return fleet::residents_of(running(), instance_dir);
  }
  fleet::PresenceSigns presence(const std::string& name) override { return signs[name]; }
  std::vector<fleet::InstanceUsage> usage() override { return used; }
  void create_disks(const fleet::InstanceSpec& spec) override;
  void start(const fleet::InstanceSpec& spec) override;
  void wait_for_agent(const std::string& name, std::chrono::milliseconds timeout) override;
  void destroy(const std::string& name, const std::filesystem::path& directory) override;
  void suspend(const std::string& name) override;
  void resume(const std::string& name) override;
  void save(const std::string& name, const std::filesystem::path& file) override;
  void restore(const fleet::InstanceSpec& spec, const std::filesystem::path& file) override;
  void set_memory(const std::string& name, std::uint64_t bytes, std::chrono::milliseconds) override;
  void set_vcpus(const std::string& name, std::uint32_t vcpus, std::chrono::milliseconds) override;
  void set_network_limit(const std::string& name, std::uint64_t bytes_s) override;
  void set_storage_limit(const std::string& name, std::uint64_t bytes_s) override;
  void attach_gpu(const std::string& name, const std::string& device, std::chrono::milliseconds) override;
  void detach_gpu(const std::string& name, const std::string& device, std::chrono::milliseconds) override;
  fleet::ExecResult exec(const std::string&, const std::vector<std::string>&,
                         std::chrono::milliseconds) override;
  void exec_detached(const std::string&, const std::vector<std::string>&) override {}
  void write_file(const std::string& name, const std::string& path, const std::string& content) override {
    written[name + ":" + path] = content;
  }
  std::unique_ptr<base::Channel> open_channel(const std::string& name, std::chrono::milliseconds) override;
  std::unique_ptr<base::Channel> start_helper(const std::string& name, std::vector<std::string>,
                                              std::chrono::milliseconds timeout) override {
    return open_channel(name, timeout);
  }
  std::optional<fleet::Display> display(const std::string&) override {
    return fleet::Display{"vnc", "127.0.0.1", 5900};
  }
  // What guests say one after the other, the last for good; empty: they have their host's network.
  std::vector<fleet::Address> addresses;
  fleet::Address address(const std::string&) override;
  std::unique_ptr<fleet::VolumeReading> open_volume(const std::string& name,
                                                    const fleet::VolumeRequest&) override;
  void attach_volume(const std::string& name, const fleet::ServedVolume& volume,
                     const std::vector<fleet::ByteRange>& first, std::chrono::milliseconds) override;
  fleet::VolumeLocality volume_locality(const std::string& name, const std::string& disk) override;
  fleet::VolumeLocality localise_volume(const std::string& name, const fleet::ServedVolume& volume,
                                        std::uint64_t bytes_s) override;
  fleet::MemoryFacts save_memory(const std::string& name, const fleet::MemoryRequest&) override;
  void restore_memory(const fleet::InstanceSpec& spec, const std::filesystem::path&) override;

  // As by a power cut: nobody is told.
  void lose(const std::string& name) const { std::filesystem::remove(directory_ / name); }

 private:
  struct Domain {
    domain::Allocation allocation;
    bool is_paused = false;
    std::vector<std::string> gpus;
    std::string volume;  // how its disk "persona" stands: "none", "served", "copying", "local"
  };
  Domain domain_of(const std::string& name) const;
  void write(const std::string& name, const Domain& domain) const;
  void change(const std::string& name, domain::Resource resource, const std::function<void(Domain&)>& effect);
  void around(const std::string& call, const std::string& name, const std::function<void()>& effect);
  std::filesystem::path directory_;
};

}  // namespace deskloom::test
