#pragma once

#include "fleet/container/runtime.hpp"
#include "fleet/open.hpp"

namespace deskloom::fleet {

// One namespace of a cluster, by kubectl, with that program's configuration and rights.
class KubectlRuntime : public ContainerRuntime {
 public:
  explicit KubectlRuntime(const HostTarget& target);

  HostFacts probe() override;
  // Kubernetes knows nothing of the kind: Error(usage).
  void suspend(const std::string& name) override;
  void resume(const std::string& name) override;
  // Only to what it was made with.
  void set_network_limit(const std::string& name, std::uint64_t bytes_s) override;

 private:
  std::vector<PodStatus> pods() override;
  std::optional<PodStatus> find(const std::string& name) override;
  void apply(const InstanceSpec& spec, const std::string& manifest) override;
  void remove(const std::string& name) override;
  std::vector<std::string> exec_arguments(const std::string& name) const override;
  bool is_engine_failure(const base::ProcessResult& result) const override;
  std::string log_tail(const std::string& name) override;
  // In-place resize of pods, of Kubernetes 1.33 or later.
  void change_cpus(const std::string& name, std::uint32_t vcpus) override;
  void change_memory(const std::string& name, std::uint64_t bytes) override;
  std::string address_of(const PodStatus& pod) override;
  void resize(const std::string& name, const std::string& resource, const std::string& amount) const;
};

}  // namespace deskloom::fleet
