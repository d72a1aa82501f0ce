#pragma once

#include <filesystem>
#include <optional>
#include <string>

namespace deskloom::fleet {

struct AcceleratorVerdict {
  std::string accelerator;  // "kvm" or "tcg"
  std::string reason;
};

// Remembers proofs, each under its host's URI and hypervisor version, until this machine's next boot. One
// file; what cannot be read is no proof.
class AcceleratorCache {
 public:
  // directory empty: nothing is remembered.
  AcceleratorCache(std::filesystem::path directory, std::string boot_id, std::string key);
  std::optional<AcceleratorVerdict> recall() const;
  void remember(const AcceleratorVerdict& verdict) const;

 private:
  std::filesystem::path directory_;
  std::string boot_id_;
  std::string key_;
};

}  // namespace deskloom::fleet
