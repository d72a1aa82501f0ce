#include "real/volume_copy.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <vector>

#include "base/fd.hpp"
#include "base/process.hpp"
#include "support/catch.hpp"

namespace deskloom::test {
namespace {

constexpr std::uint64_t mib = 1 << 20;

std::string host(const std::vector<std::string>& argv) {
  const auto result = base::run_process(argv);
  INFO(result.out << result.err);
  CHECK(result.exit_code == 0);
  return result.out;
}

}  // namespace

std::string shell(FleetGuest& guest, const std::string& script) {
  const auto result = guest.runtime().exec(guest.name(), {"/bin/sh", "-c", script}, std::chrono::seconds(60));
  INFO(result.err);
  CHECK(result.exit_code == 0);
  return result.out;
}

std::unique_ptr<fleet::VolumeReading> capture(FleetGuest& guest, const std::string& since,
                                              const std::string& checkpoint) {
  auto volume = guest.runtime().open_volume(guest.name(), {"persona", since, checkpoint});
  const auto& facts = volume->facts();
  WARN(facts.mode << "; frozen for " << facts.frozen_ms << " ms " << facts.not_frozen);
  CHECK(facts.frozen_ms < 1000);
  return volume;
}

std::uint64_t bytes_of(const fleet::VolumeReading& volume, fleet::ExtentKind kind) {
  std::uint64_t bytes = 0;
  for (const auto& extent : volume.extents()) bytes += extent.kind == kind ? extent.length : 0;
  return bytes;
}

void VolumeCopy::take(fleet::VolumeReading& volume) {
  const base::UniqueFd fd = base::open_file(file_, O_RDWR | O_CREAT);
  std::filesystem::resize_file(file_, volume.facts().size_bytes);
  for (const auto& extent : volume.extents()) take(volume, extent, fd.get());
}

void VolumeCopy::take(fleet::VolumeReading& volume, const fleet::Extent& extent, int fd) {
  if (extent.kind == fleet::ExtentKind::unchanged) return;
  std::vector<std::byte> buffer(std::min(extent.length, 16 * mib));
  for (std::uint64_t done = 0; done < extent.length;) {
    const auto piece = std::span(buffer).first(std::min(buffer.size(), extent.length - done));
    if (extent.kind == fleet::ExtentKind::data) volume.read(extent.offset + done, piece);
    const auto at = static_cast<off_t>(extent.offset + done);
    REQUIRE(::pwrite(fd, piece.data(), piece.size(), at) == static_cast<ssize_t>(piece.size()));
    done += piece.size();
  }
}

void VolumeCopy::check_clean() const { host({"/sbin/e2fsck", "-f", "-n", file_}); }

std::string VolumeCopy::hash_of(const std::string& path) const {
  const std::string out = file_.string() + ".out";
  host({"/sbin/debugfs", "-R", "dump " + path + " " + out, file_});
  return host({"sha256sum", out}).substr(0, 64);
}

void check_same(FleetGuest& guest, const VolumeCopy& copy, const std::string& file) {
  copy.check_clean();
  CHECK(copy.hash_of(file) == shell(guest, "sha256sum /home/" + file).substr(0, 64));
}

}  // namespace deskloom::test
