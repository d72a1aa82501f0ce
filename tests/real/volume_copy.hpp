#pragma once

#include <memory>
#include <string>

#include "real/fleet_guest.hpp"

namespace deskloom::test {

// What a shell in the guest prints; a Catch2 check that it succeeds.
std::string shell(FleetGuest& guest, const std::string& script);

// Opens the persona volume; prints and checks how long the guest was frozen.
std::unique_ptr<fleet::VolumeReading> capture(FleetGuest& guest, const std::string& since,
                                              const std::string& checkpoint);
std::uint64_t bytes_of(const fleet::VolumeReading& volume, fleet::ExtentKind kind);

// A copy of a volume on the host, brought up to date by each reading.
class VolumeCopy {
 public:
  explicit VolumeCopy(std::filesystem::path file) : file_(std::move(file)) {}
  void take(fleet::VolumeReading& volume);
  // e2fsck finds nothing to repair, and no journal to replay: so only after a freeze.
  void check_clean() const;
  std::string hash_of(const std::string& path) const;

 private:
  static void take(fleet::VolumeReading& volume, const fleet::Extent& extent, int fd);
  std::filesystem::path file_;
};

// The copy is a clean file system, in which the file is as in the guest's /home.
void check_same(FleetGuest& guest, const VolumeCopy& copy, const std::string& file);

}  // namespace deskloom::test
