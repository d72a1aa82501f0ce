#include "fleet/libvirt/checkpoints.hpp"

#include <libvirt/virterror.h>

#include <algorithm>
#include <cstdlib>

#include "fleet/libvirt/backup_xml.hpp"
#include "fleet/libvirt/error.hpp"

namespace deskloom::fleet {
namespace {

using CheckpointHandle = base::Handle<virDomainCheckpoint, virDomainCheckpointFree>;

}  // namespace

Checkpoints::Checkpoints(const Connection& connection, std::string instance, const std::string& target)
    : instance_(std::move(instance)),
      prefix_(checkpoint_prefix(target)),
      domain_(connection.get(instance_)) {}

std::vector<std::string> Checkpoints::names() const {
  virDomainCheckpointPtr* list = nullptr;
  const int count = virDomainListAllCheckpoints(domain_.get(), &list, 0);
  if (count < 0) throw last_libvirt_error("cannot list the checkpoints of instance " + instance_);
  const std::vector<CheckpointHandle> handles(list, list + count);
  std::free(list);
  std::vector<std::string> names;
  for (const auto& handle : handles) {
    const std::string name = virDomainCheckpointGetName(handle.get());
    if (name.rfind(prefix_, 0) == 0) names.push_back(name.substr(prefix_.size()));
  }
  return names;
}

bool Checkpoints::has(const std::string& name) const {
  const auto there = names();
  return std::find(there.begin(), there.end(), name) != there.end();
}

void Checkpoints::remove(const std::string& name) {
  const CheckpointHandle checkpoint(
      virDomainCheckpointLookupByName(domain_.get(), whole_name(name).c_str(), 0));
  if (!checkpoint && last_libvirt_code() == VIR_ERR_NO_DOMAIN_CHECKPOINT) return;
  // One whose bitmap is gone can only be forgotten.
  if (checkpoint &&
      (virDomainCheckpointDelete(checkpoint.get(), 0) == 0 ||
       virDomainCheckpointDelete(checkpoint.get(), VIR_DOMAIN_CHECKPOINT_DELETE_METADATA_ONLY) == 0)) {
    return;
  }
  throw last_libvirt_error("cannot delete checkpoint " + name + " of instance " + instance_);
}

void Checkpoints::keep_only(const std::string& name) {
  for (const auto& each : names()) {
    if (each != name) remove(each);
  }
}

}  // namespace deskloom::fleet
