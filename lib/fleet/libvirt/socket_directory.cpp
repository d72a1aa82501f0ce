#include "fleet/libvirt/socket_directory.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>

#include "base/error.hpp"

namespace deskloom::fleet {
namespace {

constexpr const char* top = "/tmp";  // short: a socket's name has at most 107 bytes
constexpr auto at_once = std::chrono::milliseconds(0);
constexpr auto unlocked_for = std::chrono::minutes(1);  // its maker locks a directory sooner

std::filesystem::path make_directory() {
  std::string path = std::filesystem::path(top) / (std::string(socket_directory_start) + "XXXXXX");
  if (::mkdtemp(path.data()) == nullptr) throw base::system_error("cannot create " + path);
  return path;
}

bool is_own_directory(const struct stat& status) {
  return S_ISDIR(status.st_mode) && status.st_uid == ::geteuid();
}

bool is_old(const std::filesystem::path& directory) {
  struct stat status {};
  if (::lstat(directory.c_str(), &status) != 0 || !is_own_directory(status)) return false;
  const auto changed = std::chrono::system_clock::from_time_t(status.st_mtime);
  return std::chrono::system_clock::now() - changed > unlocked_for;
}

void remove_left_behind() {
  std::error_code ignored;  // others come and go in there
  for (const auto& entry : std::filesystem::directory_iterator(top, ignored)) {
    const auto path = entry.path();
    if (!SocketDirectory::made(path / "nbd") || !is_old(path)) continue;
    try {
      SocketDirectory::remove_stale(path / "nbd");
    } catch (const base::Error&) {
      // In use.
    }
  }
}

}  // namespace

SocketDirectory::SocketDirectory(bool for_everybody) {
  remove_left_behind();
  path_ = make_directory();
  // Sticky: nobody else can replace what QEMU makes.
  if (for_everybody) ::chmod(path_.c_str(), 01733);
  lock_ = std::make_unique<base::FileLock>(path_ / "lock", at_once);
}

SocketDirectory::~SocketDirectory() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

bool SocketDirectory::made(const std::filesystem::path& socket) {
  const auto directory = socket.parent_path();
  struct stat status {};
  if (directory.parent_path() != top) return false;
  if (directory.filename().string().rfind(socket_directory_start, 0) != 0) return false;
  return ::lstat(directory.c_str(), &status) != 0 || is_own_directory(status);
}

void SocketDirectory::remove_stale(const std::filesystem::path& socket) {
  const auto directory = socket.parent_path();
  std::error_code ignored;
  if (!std::filesystem::exists(directory, ignored)) return;
  const base::FileLock lock(directory / "lock", at_once);
  std::filesystem::remove_all(directory, ignored);
}

}  // namespace deskloom::fleet
