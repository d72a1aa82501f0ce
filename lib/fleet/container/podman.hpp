#pragma once

#include "fleet/container/runtime.hpp"
#include "fleet/open.hpp"

namespace deskloom::fleet {

// The containers of this machine, by Podman (4.3 or later), as the user that this runs as.
class PodmanRuntime : public ContainerRuntime {
 public:
  explicit PodmanRuntime(const HostTarget& target);

  HostFacts probe() override;
  void suspend(const std::string& name) override;
  void resume(const std::string& name) override;

 private:
  std::vector<PodStatus> pods() override;
  std::optional<PodStatus> find(const std::string& name) override;
  bool is_paused(const std::string& name);
  void apply(const InstanceSpec& spec, const std::string& manifest) override;
  void remove(const std::string& name) override;
  std::vector<std::string> exec_arguments(const std::string& name) const override;
  bool is_engine_failure(const base::ProcessResult& result) const override;
  std::string log_tail(const std::string& name) override;
  void change_cpus(const std::string& name, std::uint32_t vcpus) override;
  void change_memory(const std::string& name, std::uint64_t bytes) override;
  std::string address_of(const PodStatus& pod) override;
  void require_image(const std::string& reference) const;
};

}  // namespace deskloom::fleet
