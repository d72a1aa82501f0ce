#include "base/fd_channel.hpp"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>

#include "base/error.hpp"

namespace deskloom::base {

std::size_t FdChannel::read(std::span<std::byte> buffer) {
  for (;;) {
    const ssize_t n = ::read(in_.get(), buffer.data(), buffer.size());
    if (n >= 0) return static_cast<std::size_t>(n);
    if (errno == ECONNRESET) return 0;
    if (errno != EINTR) throw system_error("cannot read from " + name_);
  }
}

void FdChannel::write(std::span<const std::byte> bytes) {
  write_full(out_.get(), {reinterpret_cast<const char*>(bytes.data()), bytes.size()}, name_);
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
