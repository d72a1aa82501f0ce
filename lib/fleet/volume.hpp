#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace deskloom::fleet {

// What a stretch of a volume holds.
enum class ExtentKind {
  data,       // to be read
  zero,       // reads as zeros; need not be read
  unchanged,  // as it was at the checkpoint that the reading started from
};

struct Extent {
  std::uint64_t offset = 0;  // bytes
  std::uint64_t length = 0;  // bytes, not 0
  ExtentKind kind = ExtentKind::data;

  bool operator==(const Extent&) const = default;
};

// A capture of one disk of a running instance.
struct VolumeRequest {
  std::string disk;              // "persona", "disk" (files of the instance's directory), or a target, "vda"
  std::string since_checkpoint;  // name of the checkpoint of the last capture; empty: there is none
  std::string new_checkpoint;    // name for this one's: letters, digits, '-', '_', '.'; never used before
};

struct VolumeFacts {
  std::uint64_t size_bytes = 0;
  bool incremental = false;  // extents may be `unchanged`
  std::string mode;        // "dirty bitmap since C", "full scan: no earlier checkpoint", "full scan: the …"
  bool frozen = false;     // the guest's file systems were frozen at the moment that is read
  std::string not_frozen;  // why not, when they were not: the volume is as after a power cut then
  double frozen_ms = 0;    // from asking for the freeze to the answer that all is thawed
};

// One volume as it was at one moment, however the guest goes on. One thread at a time.
//
// Of a running instance: a pull backup (virDomainBackupBegin), read through its NBD socket. Its end, at the
// latest the destructor, ends the backup. Two checkpoints of the disk exist while it is open, the new one and
// the one that was asked from; which of them remains is said by keep_checkpoint. When the process is killed,
// both do, and the backup's job with them; the next open_volume of the instance cleans up.
class VolumeReading {
 public:
  virtual ~VolumeReading() = default;

  virtual const VolumeFacts& facts() const = 0;
  // All of the volume, ascending, without gaps or overlaps; neighbours differ in kind.
  virtual const std::vector<Extent>& extents() const = 0;
  // Fills the span. Large spans are fastest: several requests are under way at once. Throws Error(usage) past
  // the volume's end; Error(failed) when the server ends or is silent for a minute, and from then on.
  virtual void read(std::uint64_t offset, std::span<std::byte> into) = 0;
  // To be called when what was read is stored durably: the next capture can start from the new checkpoint,
  // and older ones are deleted. Without it the destructor deletes the new checkpoint, and the next capture
  // starts from the old one again. Nothing for a file.
  virtual void keep_checkpoint() = 0;
};

// A volume that an instance is given before its bytes are here (SPEC A8): the file DISK.qcow2 in the
// instance's directory takes what is written, and what it lacks is read from a server, whose socket and pid
// lie beside it.
struct ServedVolume {
  std::string disk;                 // "persona": also its serial number in the guest
  std::filesystem::path directory;  // the instance's
  std::uint64_t size_bytes = 0;
  std::vector<std::string> server;  // nbdkit(1) and what it serves, without where it listens
};

struct ByteRange {
  std::uint64_t offset = 0;
  std::uint64_t length = 0;
};

// How much of such a volume is here.
struct VolumeLocality {
  std::uint64_t size_bytes = 0;
  std::uint64_t local_bytes = 0;  // what its file takes on the disk
  bool is_local = false;          // nothing is read from elsewhere any more
  bool is_copying = false;        // what is elsewhere comes in the background
};

// A disk that no running instance has open: raw, or qcow2 by that suffix (never probed), through qemu-nbd.
// Throws Error(not_found) when there is no such file, Error(failed) when it is in use, damaged, or qemu-nbd
// is not installed.
std::unique_ptr<VolumeReading> open_volume_file(const std::filesystem::path& path);

}  // namespace deskloom::fleet
