#include "fleet/libvirt/embedded.hpp"

#include <unistd.h>

#include <cstdlib>
#include <mutex>

#include "base/error.hpp"
#include "base/fd.hpp"
#include "base/file_lock.hpp"
#include "fleet/libvirt/embedded_repair.hpp"
#include "fleet/libvirt/embedded_root.hpp"

namespace deskloom::fleet {
namespace {

struct Claim {
  std::filesystem::path root;
  std::string uri;
  base::FileLock lock;
};

// An unprivileged driver keeps small files there; login sessions have it, cron jobs do not.
void ensure_runtime_dir(const std::filesystem::path& root) {
  const char* given = std::getenv("XDG_RUNTIME_DIR");
  if (given != nullptr && ::access(given, W_OK | X_OK) == 0) return;
  const auto own = root / "xdg";
  base::make_private_directories(own);
  ::setenv("XDG_RUNTIME_DIR", own.c_str(), 1);
}

// The driver's own log goes to a file instead of our stderr, unless the user asked otherwise.
void direct_log(const std::filesystem::path& root) {
  base::make_private_directories(root / "log");
  ::setenv("LIBVIRT_LOG_OUTPUTS", ("3:file:" + (root / "log/libvirt.log").string()).c_str(), 0);
}

Claim claim(const std::filesystem::path& root, const HostTarget& target) {
  base::FileLock lock(root / "lock", target.lock_timeout, target.on_wait);
  repair_domains(root);
  prepare_embedded_root(root, target.cache_dir, ::geteuid());
  const auto alias = embedded_alias(root, embedded_alias_dir(::geteuid()));
  if (alias != root) link_alias(alias, root, ::geteuid());
  ensure_runtime_dir(root);
  direct_log(root);
  return {root, "qemu:///embed?root=" + alias.string(), std::move(lock)};
}

}  // namespace

std::string claim_embedded_root(const HostTarget& target) {
  static std::mutex mutex;
  // Never deleted: freeing the lock at exit, before libvirt's own threads end, would let another process in.
  static const Claim* claimed = nullptr;
  const std::lock_guard guard(mutex);
  base::make_private_directories(target.embedded_root);
  const auto root = std::filesystem::canonical(target.embedded_root);
  if (claimed == nullptr) claimed = new Claim(claim(root, target));
  if (claimed->root == root) return claimed->uri;
  throw base::Error(base::ErrorKind::usage,
                    "host " + target.name + ": this process has embedded root " + claimed->root.string() +
                        " open and cannot open " + root.string() + " too",
                    "give all embedded hosts one root, or use libvirtd for the others");
}

}  // namespace deskloom::fleet
