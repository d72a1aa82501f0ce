#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>

#include "fleet/runtime.hpp"

namespace deskloom::fleet {

struct HostTarget {
  std::string name;
  std::string uri;                      // "embedded" or a libvirt URI
  std::string accelerator;              // auto, kvm, tcg
  std::filesystem::path embedded_root;  // for "embedded": qemu:///embed?root=…
  std::filesystem::path cache_dir;      // where the proof of KVM is remembered (by boot id and QEMU version)
  std::chrono::milliseconds lock_timeout{300'000};
  std::function<void(const std::string& holder)> on_wait;  // an embedded root is one process's at a time
  std::string engine = "libvirt";                          // or "podman", "kubernetes"
  std::optional<std::string> context;                      // of kubectl's configuration
  std::optional<std::string> kube_namespace;
};

// Connects. Podman and kubectl are programs, and asked first when something is wanted of them. libvirt is
// loaded (dlopen) here and not before, so that commands that need no host start fast. A process can open one
// embedded root, and has it until it ends. Throws Error(host_unreachable) naming host and URI, Error(locked)
// when the embedded root stays busy.
std::unique_ptr<Runtime> open_runtime(const HostTarget& target);

}  // namespace deskloom::fleet
