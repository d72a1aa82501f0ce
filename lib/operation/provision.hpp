#pragma once

#include <string>

#include "operation/journal.hpp"

namespace deskloom::operation {

// Records a new instance of the pool on the host, state provisioning, and the operation that will make it.
// Throws Error(failed) when the pool has as many as it may have at most.
domain::Operation begin_provision(const World& world, const policy::Pool& pool, const std::string& host,
                                  const std::string& cause);

// Disks, domain, agent, end of boot, helper, limits, the way in which ghosts wait, warm. A failure leaves the
// instance failed with its console log for inspection; the pool's next plan reclaims it.
class ProvisionWork : public Work {
 public:
  ProvisionWork(const World& world, const domain::Operation& operation);
  std::vector<Step> steps() override;
  void undo(const base::Error& why) override;

 private:
  fleet::Runtime& runtime() const { return world_.host(instance_.host); }
  const fleet::InstanceSpec& spec();
  void wait_for_boot() const;
  void install_helper() const;
  void limit() const;
  void rest_as_ghost() const;
  void mark_warm() const;

  const World& world_;
  domain::Operation operation_;
  domain::Instance instance_;
  std::optional<fleet::InstanceSpec> spec_;
};

// Begins and runs one; returns the instance's name.
std::string provision(const World& world, const policy::Pool& pool, const std::string& host,
                      const std::string& cause);

// As it is made, and as it is restored from what was saved of it.
fleet::InstanceSpec instance_spec(const World& world, const domain::Instance& instance);

// Where an instance's disks and console log are.
// Where the host keeps its instances, a directory for each.
std::filesystem::path instance_root(const policy::Policy& policy, const std::string& host);
std::filesystem::path instance_directory(const policy::Policy& policy, const domain::Instance& instance);

}  // namespace deskloom::operation
