#include "snapshot/beneath.hpp"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <string_view>

#include "base/error.hpp"
#include "base/text.hpp"

namespace deskloom::snapshot {
namespace {

// glibc has no wrapper.
base::UniqueFd call_openat2(int directory, const char* path, int flags) {
  open_how how{};
  how.flags = static_cast<unsigned>(flags | O_CLOEXEC);
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS;
  long fd = 0;
  do {
    fd = ::syscall(SYS_openat2, directory, path, &how, sizeof how);
  } while (fd < 0 && (errno == EAGAIN || errno == EINTR));
  return base::UniqueFd(static_cast<int>(fd));
}

}  // namespace

Beneath::Beneath(const std::filesystem::path& root, bool may_use_openat2)
    : root_path_(root),
      root_(base::open_file(root, O_PATH | O_DIRECTORY)),
      // Not by the error: some containers forbid what they do not know with other codes than ENOSYS.
      has_openat2_(may_use_openat2 &&
                   static_cast<bool>(call_openat2(root_.get(), ".", O_PATH | O_DIRECTORY))) {}

base::UniqueFd Beneath::try_open(const std::string& path, int flags) const {
  if (!has_openat2_) return walk(path, flags);
  return call_openat2(root_.get(), path.empty() ? "." : path.c_str(), flags);
}

base::UniqueFd Beneath::walk(const std::string& path, int flags) const {
  base::UniqueFd at(::openat(root_.get(), ".", O_PATH | O_DIRECTORY | O_CLOEXEC));
  std::size_t from = 0;
  for (std::size_t slash = path.find('/'); at && slash != std::string::npos; slash = path.find('/', from)) {
    const std::string name = path.substr(from, slash - from);
    at = base::UniqueFd(::openat(at.get(), name.c_str(), O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    from = slash + 1;
  }
  if (!at) return at;
  const std::string name = path.empty() ? "." : path.substr(from);
  return base::UniqueFd(::openat(at.get(), name.c_str(), flags | O_NOFOLLOW | O_CLOEXEC));
}

base::UniqueFd Beneath::open(const std::string& path, int flags) const {
  base::UniqueFd fd = try_open(path, flags);
  if (!fd) throw base::system_error("cannot open " + full_name(path));
  return fd;
}

std::string Beneath::full_name(const std::string& path) const {
  return base::printable((root_path_ / path).string());
}

std::string descriptor_path(int fd) { return "/proc/self/fd/" + std::to_string(fd); }

}  // namespace deskloom::snapshot
