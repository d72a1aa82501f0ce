#include "support/small_disk.hpp"

#include <sys/mount.h>
#include <unistd.h>

#include <fstream>

#include "base/error.hpp"
#include "support/catch.hpp"

namespace deskloom::test {

bool SmallDisk::possible() {
  if (::geteuid() == 0) return true;
  WARN("skipped: only root can mount a small disk to fill");
  return false;
}

SmallDisk::SmallDisk(const std::string& size) {
  if (::mount("tmpfs", path().c_str(), "tmpfs", 0, ("size=" + size).c_str()) != 0)
    throw base::system_error("cannot mount a tmpfs on " + path().string());
}

SmallDisk::~SmallDisk() { ::umount2(path().c_str(), MNT_DETACH); }

void SmallDisk::grow(const std::string& size) const {
  if (::mount("tmpfs", path().c_str(), "tmpfs", MS_REMOUNT, ("size=" + size).c_str()) != 0)
    throw base::system_error("cannot grow " + path().string());
}

void SmallDisk::fill() const {
  std::ofstream file(path() / "filler", std::ios::binary);
  const std::string page(4096, 'x');
  while (file.write(page.data(), static_cast<std::streamsize>(page.size())).flush()) {
  }
}

void SmallDisk::free() const { std::filesystem::remove(path() / "filler"); }

}  // namespace deskloom::test
