#pragma once

#include <memory>
#include <string>

#include "fleet/libvirt/connection.hpp"

// The copy of what a disk's file lacks, while the instance goes on: a block pull, which QEMU goes on with
// when nobody looks. QEMU has one job a disk, and a backup is one too.
namespace deskloom::fleet {

// QEMU sees that a server has ended when it reads, and connects anew at the next read. A guest that is the
// first to read is stopped by that, and a pull that is the first crashes QEMU 7.2: so something else reads
// before, from the servers' own nodes. The servers must be there.
void connect_anew(virDomainPtr domain);

bool copy_runs(virDomainPtr domain, const std::string& instance, const std::string& target);
// After connect_anew. False when another job of the disk runs. bytes_s: the
// most that it copies in a second from now on; 0: not limited.
bool begin_copy(virDomainPtr domain, const std::string& instance, const std::string& target,
                std::uint64_t bytes_s);

// Holds a copy that runs up, if there is one, until this is gone. When the process is killed before, the next
// localise_volume begins it again.
class HeldCopy {
 public:
  HeldCopy(std::shared_ptr<Connection> connection, const std::string& instance, const std::string& target);
  ~HeldCopy();
  HeldCopy(const HeldCopy&) = delete;
  HeldCopy& operator=(const HeldCopy&) = delete;

 private:
  std::shared_ptr<Connection> connection_;
  std::string instance_, target_;
  bool was_running_ = false;
  std::uint64_t bytes_s_ = 0;
};

}  // namespace deskloom::fleet
