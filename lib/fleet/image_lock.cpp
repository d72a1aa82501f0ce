#include "fleet/image_lock.hpp"

#include <fcntl.h>

#include "base/error.hpp"
#include "base/fd.hpp"

namespace deskloom::fleet {
namespace {

constexpr off_t write_permission_byte = 101;

}  // namespace

void expect_not_written(const std::filesystem::path& image) {
  if (!std::filesystem::exists(image)) {
    throw base::Error(base::ErrorKind::not_found, "there is no volume " + image.string());
  }
  const auto fd = base::open_file(image, O_RDONLY);
  struct flock lock {};
  lock.l_type = F_WRLCK;
  lock.l_whence = SEEK_SET;
  lock.l_start = write_permission_byte;
  lock.l_len = 1;
  if (::fcntl(fd.get(), F_OFD_GETLK, &lock) != 0)
    throw base::system_error("cannot look for locks on " + image.string());
  if (lock.l_type == F_UNLCK) return;
  throw base::Error(base::ErrorKind::failed, "a running instance writes to volume " + image.string(),
                    "'deskloom persona capture USER --volume' captures it while it runs");
}

}  // namespace deskloom::fleet
