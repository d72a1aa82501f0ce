#include "guest/server/fd_channel.hpp"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <cerrno>

#include "base/error.hpp"

namespace deskloom::guest {
namespace {

void set_non_blocking(int fd) {
  const int flags = ::fcntl(fd, F_GETFL);
  if (flags < 0 || ::fcntl(fd, F_SETFL, flags | O_NONBLOCK) != 0) {
    throw base::system_error("cannot make the channel non-blocking");
  }
}

short wait_for(int fd, short events) {
  pollfd entry{fd, events, 0};
  while (::poll(&entry, 1, -1) < 0) {
    if (errno != EINTR) throw base::system_error("cannot wait for the host");
  }
  return entry.revents;
}

bool is_transient(int error) { return error == EINTR || error == EAGAIN; }

}  // namespace

FdChannel::FdChannel(int in, int out) : in_(in), out_(out) {
  set_non_blocking(in);
  set_non_blocking(out);
}

std::size_t FdChannel::read(std::span<std::byte> buffer) {
  for (;;) {
    const ssize_t n = ::read(in_, buffer.data(), buffer.size());
    if (n >= 0) return static_cast<std::size_t>(n);
    if (!is_transient(errno)) throw base::system_error("cannot read from the host");
    if ((wait_for(in_, POLLIN) & POLLIN) == 0) return 0;  // only a hang-up
  }
}

void FdChannel::write(std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    const ssize_t n = ::write(out_, bytes.data(), bytes.size());
    if (n >= 0) {
      bytes = bytes.subspan(static_cast<std::size_t>(n));
    } else if (!is_transient(errno)) {
      throw base::system_error("cannot write to the host");
    } else if ((wait_for(out_, POLLOUT) & (POLLHUP | POLLERR | POLLNVAL)) != 0) {
      throw base::Error(base::ErrorKind::failed, "the host has closed the channel");
    }
  }
}

}  // namespace deskloom::guest
