#pragma once

#include <filesystem>
#include <string>

#include "fleet/libvirt/handles.hpp"

namespace deskloom::fleet {

// What QEMU keeps of a backup that libvirt knows nothing of, because the driver was killed while it began it:
// the block job, the NBD server, the scratch file's block nodes, whose names libvirt would use again, and the
// dirty bitmap of a checkpoint that was never recorded.
struct BackupOrphans {
  std::string scratch_start;  // how the names of our scratch files of the disk start
  std::string bitmap_start;   // how those of our checkpoints of the disk start
  std::string known_bitmap;   // but for this one, of the only checkpoint that there is; empty: none
  std::string export_bitmap;  // the one that an incremental backup makes for its readers
};

// Ends and removes it through QEMU's monitor; returns whether there was any. Only to be called when libvirt
// says that no backup runs.
bool remove_orphans(virDomainPtr domain, const BackupOrphans& orphans);

}  // namespace deskloom::fleet
