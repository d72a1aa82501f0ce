#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>

namespace deskloom::fleet {

// Memory and processor state of a running instance, written to a file while it goes on.
//
// How: an external memory snapshot with VIR_DOMAIN_SNAPSHOT_CREATE_LIVE and no disks: QEMU sends memory while
// the guest runs, stops it for the rest, and libvirt lets it go on. The alternatives were measured too, with
// libvirt 9.0 and QEMU 7.2 under TCG on two busy cores, a guest of 256 MiB of which 92 MiB are in use:
//
//   way                                   guest stopped   all
//   snapshot, live                        83 to 130 ms    0.3 to 0.6 s
//   QMP migrate to unix:, then cont       74 to 116 ms    0.8 s          no XML, no libvirt job
//   virDomainSave and virDomainRestore    2600 ms         2.7 s          another QEMU process
//   QMP migrate to exec:                  kills the guest
//   virDomainCoreDump                     cannot be started again
//
// 7 to 10 ms of the stop are QEMU's; the rest is libvirt's before it says cont. Restoring takes 0.8 s. When
// the process is killed meanwhile, the next one's driver lets the guest go on.
//
// The file is libvirt's save image, which `virsh restore` understands as well:
//   92 bytes    header: magic "LibvirtQemudSave" ("…Part" until it is whole), then 32-bit integers: version
//               2, length L of what follows, was running, compression (0: none), …
//   L bytes     domain XML, cookie, padding
//   from 92+L   QEMU's migration stream, magic "QEVM": not on a multiple of 4096.
// In the stream each page of RAM that is not all zeros is 4096 bytes after a big-endian 64-bit word, address
// | flags (8: a page, 2: filled with the one byte that follows; 0x20: in the same block as the one before,
// else the block's name, counted by a byte, comes between; 0x10: end of the section). So pages lie at any
// offset: of 23,466, 3,843 different remainders of 4096 occurred, and 100 were there twice because they
// changed while the guest ran; the later one counts. A store of pages has to walk these words from the first
// section, "ram" (type 1, then 2s and one 3); an aligned layout (mapped-ram) is QEMU 9's.
struct MemoryRequest {
  std::filesystem::path file;  // on the host; may not exist; made with mode 0600. A pipe will not do: libvirt
                               // writes the header's magic last
  // A guest that changes memory faster than it can be written is stopped after this.
  std::chrono::milliseconds longest_live{30'000};
};

struct MemoryFacts {
  double paused_ms = 0;  // by QEMU's own clock, from STOP to RESUME
  double total_ms = 0;
};

}  // namespace deskloom::fleet
