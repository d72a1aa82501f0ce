#pragma once

#include <string>
#include <vector>

#include "fleet/libvirt/connection.hpp"

namespace deskloom::fleet {

// The checkpoints of ours that a disk of a running instance has, each with a dirty bitmap in the disk's
// overlay. Names are without the prefix that libvirt knows them by (checkpoint_prefix).
class Checkpoints {
 public:
  Checkpoints(const Connection& connection, std::string instance, const std::string& target);

  std::string whole_name(const std::string& name) const { return prefix_ + name; }
  bool has(const std::string& name) const;
  // Deletes all but `name`, with their bitmaps. Throws Error.
  void keep_only(const std::string& name);
  void remove(const std::string& name);

 private:
  std::vector<std::string> names() const;

  std::string instance_;
  std::string prefix_;
  DomainHandle domain_;
};

}  // namespace deskloom::fleet
