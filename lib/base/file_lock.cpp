#include "base/file_lock.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <thread>

#include "base/error.hpp"

namespace deskloom::base {
namespace {

std::string holder_of(int fd) {
  char text[256];
  const std::size_t n = pread_full(fd, text, sizeof text, 0, "lock file");
  return n == 0 ? "another process" : std::string(text, n);
}

std::string own_description() {
  std::string command = read_file("/proc/self/cmdline", 1 << 20);
  for (char& c : command) {
    if (c == '\0') c = ' ';
  }
  return "process " + std::to_string(::getpid()) + " (" + command.substr(0, 120) + ")";
}

}  // namespace

FileLock::FileLock(const std::filesystem::path& path, std::chrono::milliseconds timeout,
                   const std::function<void(const std::string&)>& on_wait)
    : fd_(open_file(path, O_RDWR | O_CREAT)) {
  const auto deadline = std::chrono::steady_clock::now() + timeout;
  while (::flock(fd_.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK && errno != EINTR) throw system_error("cannot lock " + path.string());
    if (std::chrono::steady_clock::now() >= deadline) {
      throw Error(ErrorKind::locked, path.string() + " is held by " + holder_of(fd_.get()),
                  "wait for it to end, or raise --lock-timeout");
    }
    if (on_wait) on_wait(holder_of(fd_.get()));
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  const std::string text = own_description();
  if (::ftruncate(fd_.get(), 0) == 0) {
    // Only a courtesy to whoever waits: the lock itself does not depend on it.
    static_cast<void>(::pwrite(fd_.get(), text.data(), text.size(), 0));
  }
}

}  // namespace deskloom::base
