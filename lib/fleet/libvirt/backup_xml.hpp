#pragma once

#include <filesystem>
#include <optional>
#include <string>

// libvirt's backup and checkpoint XML, written and read.
namespace deskloom::fleet {

// A pull backup of one disk through an NBD socket. since: the checkpoint to be incremental from; empty: all.
struct PullBackup {
  std::string target;  // "vda"; also the export's name
  std::string since;
  std::filesystem::path socket;
  std::filesystem::path scratch;  // made by libvirt, removed by it at the end; may not exist
};
std::string backup_xml(const PullBackup& backup);
// What a running backup listens on; nullopt when that is no unix socket.
std::optional<std::filesystem::path> socket_of_backup(const std::string& xml);

// The dirty bitmap of an incremental backup, as its export calls it.
std::string exported_bitmap(const std::string& target);

// Our checkpoints of one disk carry its target, so that disks have chains of their own and those of other
// backup programs are left alone: "deskloom.vda.NAME".
std::string checkpoint_prefix(const std::string& target);
std::string checkpoint_xml(const std::string& name, const std::string& target);

// The disk in a live domain's XML that is called `disk`: by its target, or by its file's name without suffix
// ("persona"). Throws Error(not_found) naming the disks there are.
struct LiveDisk {
  std::string target;          // "vda"
  std::filesystem::path file;  // empty when it is none
};
LiveDisk find_disk(const std::string& domain_xml, const std::string& disk);

}  // namespace deskloom::fleet
