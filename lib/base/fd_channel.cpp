#include "base/fd_channel.hpp"

#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "base/error.hpp"

namespace deskloom::base {

void FdChannel::await(int fd, short event, const char* what) const {
  if (!timeout_) return;
  pollfd wanted{fd, event, 0};
  int ready = 0;
  do {
    ready = ::poll(&wanted, 1, static_cast<int>(timeout_->count()));
  } while (ready < 0 && errno == EINTR);
  if (ready < 0) throw system_error("cannot wait for " + name_);
  if (ready > 0) return;
  throw Error(ErrorKind::guest,
              name_ + " " + what + " nothing for " + std::to_string(timeout_->count()) + " ms");
}

std::size_t FdChannel::read(std::span<std::byte> buffer) {
  await(in_.get(), POLLIN, "sent");
  for (;;) {
    const ssize_t n = ::read(in_.get(), buffer.data(), buffer.size());
    if (n >= 0) return static_cast<std::size_t>(n);
    if (errno == ECONNRESET) return 0;
    if (errno != EINTR) throw system_error("cannot read from " + name_);
  }
}

void FdChannel::write(std::span<const std::byte> bytes) {
  const auto write_all = [this](std::span<const std::byte> part) {
    write_full(out_.get(), {reinterpret_cast<const char*>(part.data()), part.size()}, name_);
  };
  if (!timeout_) return write_all(bytes);
  // A pipe that poll calls writable takes PIPE_BUF bytes without blocking.
  while (!bytes.empty()) {
    await(out_.get(), POLLOUT, "took");
    const std::size_t count = std::min<std::size_t>(bytes.size(), PIPE_BUF);
    write_all(bytes.first(count));
    bytes = bytes.subspan(count);
  }
}

std::pair<std::unique_ptr<FdChannel>, std::unique_ptr<FdChannel>> channel_pair(const std::string& name) {
  int fds[2];
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds) != 0) {
    throw system_error("cannot make a socket pair");
  }
  const auto channel = [&](int fd) {
    return std::make_unique<FdChannel>(UniqueFd(fd), UniqueFd(::fcntl(fd, F_DUPFD_CLOEXEC, 0)), name);
  };
  return {channel(fds[0]), channel(fds[1])};
}

}  // namespace deskloom::base
