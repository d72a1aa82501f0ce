#include "fleet/libvirt/backup_job.hpp"

#include <libvirt/virterror.h>

#include <thread>

#include "fleet/libvirt/error.hpp"
#include "fleet/libvirt/orphaned_backup.hpp"

namespace deskloom::fleet {
namespace {

using std::chrono::steady_clock;

constexpr auto end_timeout = std::chrono::seconds(10);
constexpr auto end_poll = std::chrono::milliseconds(10);

// The backup that runs, as XML; null when there is none.
TextHandle running_backup(virDomainPtr domain, const std::string& instance) {
  TextHandle xml(virDomainBackupGetXMLDesc(domain, 0));
  if (xml || last_libvirt_code() == VIR_ERR_NO_DOMAIN_BACKUP) return xml;
  throw last_libvirt_error("cannot ask whether a backup of instance " + instance + " runs");
}

// libvirt answers an abort before the job has ended; until it has, it begins no other.
void abort_backup(virDomainPtr domain, const std::string& instance) {
  const auto deadline = steady_clock::now() + end_timeout;
  if (virDomainAbortJob(domain) < 0 && running_backup(domain, instance)) {
    throw last_libvirt_error("cannot end the backup of instance " + instance);
  }
  while (running_backup(domain, instance)) {
    if (steady_clock::now() >= deadline) {
      throw base::Error(base::ErrorKind::failed, "the backup of instance " + instance + " does not end",
                        "virsh domjobabort " + instance);
    }
    std::this_thread::sleep_for(end_poll);
  }
}

// Beside the disk, where QEMU can write, and where destroy looks.
std::string scratch_start(const LiveDisk& disk) { return disk.file.string() + "." + socket_directory_start; }
std::filesystem::path scratch_file(const LiveDisk& disk, const SocketDirectory& directory) {
  return disk.file.string() + "." + directory.name();
}

// libvirt ends a backup with its scratch file, unless it was killed at the beginning. No backup runs here.
void remove_stale_scratch(const LiveDisk& disk) {
  const std::string start = scratch_start(disk);
  std::error_code ignored;
  for (const auto& entry : std::filesystem::directory_iterator(disk.file.parent_path(), ignored)) {
    if (entry.path().string().rfind(start, 0) != 0) continue;
    std::filesystem::remove(entry.path(), ignored);
  }
}

[[noreturn]] void refuse(const std::string& instance, const std::string& who) {
  throw base::Error(base::ErrorKind::locked, "a backup of instance " + instance + " runs already, " + who,
                    "libvirt has one at a time; to end it: virsh domjobabort " + instance);
}

}  // namespace

void require_same_machine(const Connection& connection) {
  const TextHandle uri(virConnectGetURI(connection.get()));
  const std::string text = uri ? uri.get() : "";
  const auto authority = text.find("://");
  if (authority != std::string::npos && text[authority + 3] == '/') return;
  throw base::Error(base::ErrorKind::failed,
                    "host " + connection.host() + ": a volume can only be read on the machine that it is on",
                    "run this command there; it is reached over " + text.substr(0, authority));
}

void end_stale_backup(const Connection& connection, const std::string& instance, const LiveDisk& disk) {
  const auto domain = connection.get(instance);
  if (const auto xml = running_backup(domain.get(), instance)) {
    const auto socket = socket_of_backup(xml.get());
    if (!socket || !SocketDirectory::made(*socket)) refuse(instance, "which deskloom did not begin");
    try {
      SocketDirectory::remove_stale(*socket);
    } catch (const base::Error& error) {
      if (error.kind() == base::ErrorKind::locked) refuse(instance, error.what());
      throw;
    }
    abort_backup(domain.get(), instance);
  }
  // On a libvirtd's host what is left there goes with the instance.
  if (connection.embedded()) remove_stale_scratch(disk);
}

bool remove_orphaned_backup(const Connection& connection, const std::string& instance, const LiveDisk& disk,
                            const std::string& known) {
  return remove_orphans(connection.get(instance).get(), {scratch_start(disk), checkpoint_prefix(disk.target),
                                                         known, exported_bitmap(disk.target)});
}

BackupJob::BackupJob(std::shared_ptr<Connection> connection, const std::string& instance,
                     const LiveDisk& disk, const std::string& since, const std::string& checkpoint)
    : connection_(std::move(connection)),
      directory_(!connection_->embedded()),
      domain_(connection_->get(instance)) {
  const auto backup = backup_xml({disk.target, since, socket(), scratch_file(disk, directory_)});
  const auto point = checkpoint_xml(checkpoint, disk.target);
  if (virDomainBackupBegin(domain_.get(), backup.c_str(), point.c_str(), 0) == 0) return;
  const int code = last_libvirt_code();
  const auto error = last_libvirt_error("cannot begin a backup of disk " + disk.target + " of instance " +
                                        instance + " on host " + connection_->host());
  const bool lost = code == VIR_ERR_CHECKPOINT_INCONSISTENT || code == VIR_ERR_NO_DOMAIN_CHECKPOINT;
  if (lost && !since.empty()) throw CheckpointLost(error.kind(), error.what(), error.hint());
  throw error;
}

BackupJob::~BackupJob() {
  try {
    abort_backup(domain_.get(), virDomainGetName(domain_.get()));
  } catch (const base::Error&) {
    // The instance ended, or the next capture ends the backup.
  }
}

}  // namespace deskloom::fleet
