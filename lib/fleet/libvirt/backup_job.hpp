#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "base/error.hpp"
#include "fleet/libvirt/backup_xml.hpp"
#include "fleet/libvirt/connection.hpp"
#include "fleet/libvirt/socket_directory.hpp"

namespace deskloom::fleet {

// QEMU and we must both reach a socket. Throws Error(failed) for a host on another machine.
void require_same_machine(const Connection& connection);

// Ends a backup of the instance that a killed process of ours left running, and removes its scratch file.
// Throws Error(locked) when its process is alive or it is not ours: libvirt has one backup an instance.
void end_stale_backup(const Connection& connection, const std::string& instance, const LiveDisk& disk);

// Removes what QEMU kept of a backup that libvirt does not know of; whether there was any. known: the whole
// name of the only checkpoint of ours; empty: there is none.
bool remove_orphaned_backup(const Connection& connection, const std::string& instance, const LiveDisk& disk,
                            const std::string& known);

// The dirty bitmap that a backup should start from cannot be used.
class CheckpointLost : public base::Error {
  using base::Error::Error;
};

// A pull backup of one disk, with a new checkpoint begun at the same moment; ended by the destructor.
class BackupJob {
 public:
  // Full when since is empty. Names are whole, with their prefix. Throws CheckpointLost when the dirty bitmap
  // since then cannot be used.
  BackupJob(std::shared_ptr<Connection> connection, const std::string& instance, const LiveDisk& disk,
            const std::string& since, const std::string& checkpoint);
  ~BackupJob();
  BackupJob(const BackupJob&) = delete;
  BackupJob& operator=(const BackupJob&) = delete;

  std::filesystem::path socket() const { return directory_.socket(); }

 private:
  std::shared_ptr<Connection> connection_;
  SocketDirectory directory_;
  DomainHandle domain_;
};

}  // namespace deskloom::fleet
