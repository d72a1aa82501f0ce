#include "support/guest_peers.hpp"

#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <sstream>

#include "base/error.hpp"
#include "guest/server/fd_channel.hpp"
#include "guest/server/server.hpp"

namespace deskloom::guest::test {

SocketPair::SocketPair() {
  int fds[2];
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds) != 0)
    throw base::system_error("cannot make sockets");
  host.reset(fds[0]);
  guest.reset(fds[1]);
}

std::size_t SocketChannel::read(std::span<std::byte> buffer) {
  pollfd entry{fd_.get(), POLLIN, 0};
  if (::poll(&entry, 1, 10'000) == 0) throw base::Error(base::ErrorKind::guest, "the test's guest is silent");
  const ssize_t n = ::read(fd_.get(), buffer.data(), buffer.size());
  return n < 0 ? 0 : static_cast<std::size_t>(n);
}

void SocketChannel::write(std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    const ssize_t n = ::send(fd_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (n < 0) throw base::system_error("cannot write to the test's guest");
    bytes = bytes.subspan(static_cast<std::size_t>(n));
  }
}

TestUser::TestUser() : home_(dir_ / "home"), uid_(::geteuid() == 0 ? 54321 : ::geteuid()) {
  std::filesystem::permissions(dir_.path(), std::filesystem::perms(0755));
  std::filesystem::create_directory(home_);
  const gid_t gid = ::geteuid() == 0 ? 54321 : ::getegid();
  config_.version = "test";
  config_.passwd_file = dir_ / "passwd";
  config_.group_file = dir_ / "group";
  write_text(config_.passwd_file, "root:x:0:0::/root:/bin/sh\nann:x:" + std::to_string(uid_) + ":" +
                                      std::to_string(gid) + "::" + home_.string() + ":/bin/sh\n");
  write_text(config_.group_file, "staff:x:54322:bob,ann\n");
  own_home();
}

void TestUser::own_home() const {
  if (::geteuid() != 0) return;
  const auto give = [this](const std::filesystem::path& path) {
    return ::lchown(path.c_str(), uid_, uid_) == 0;
  };
  give(home_);
  for (const auto& entry : std::filesystem::recursive_directory_iterator(home_)) give(entry.path());
}

Helper::Helper(const TestUser& user, const std::string& stale_bytes, Limits limits, const Wrap& wrap) {
  SocketPair sockets;
  pid_ = ::fork();
  if (pid_ == 0) {
    sockets.host.reset();
    int code = 0;
    try {
      base::write_full(sockets.guest.get(), stale_bytes, "stale bytes");
      FdChannel channel(sockets.guest.get(), sockets.guest.get());
      serve(channel, nonce, user.config());
    } catch (const std::exception&) {
      code = 1;
    }
    ::_exit(code);
  }
  sockets.guest.reset();
  std::unique_ptr<base::Channel> channel = std::make_unique<SocketChannel>(std::move(sockets.host));
  if (wrap) channel = wrap(std::move(channel));
  client_ = std::make_unique<Client>(std::move(channel), nonce, limits);
}

Helper::~Helper() {
  if (pid_ == 0) return;
  client_.reset();
  ::kill(pid_, SIGKILL);
  ::waitpid(pid_, nullptr, 0);
}

int Helper::hang_up() {
  client_.reset();
  for (int look = 0; look < 200; ++look) {
    int status = 0;
    if (::waitpid(pid_, &status, WNOHANG) == pid_) {
      pid_ = 0;
      return WIFEXITED(status) ? WEXITSTATUS(status) : 128;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  return -1;
}

FakeGuest::FakeGuest(Script script, Limits limits) {
  SocketPair sockets;
  thread_ = std::thread([script = std::move(script), fd = std::move(sockets.guest)]() mutable {
    SocketChannel channel(std::move(fd));
    MessageStream stream(channel);
    try {
      stream.send_mark(guest_mark, nonce);
      stream.expect_mark(host_mark, nonce);
      stream.send(MessageType::hello, Encoder().number(protocol_version).string("fake"));
      Message request;
      stream.receive(request, 1 << 20);
      script(stream);
      while (stream.receive(request, 1 << 20)) {
      }
    } catch (const base::Error&) {
      return;  // the client has had enough and closed, as it should
    }
  });
  client_ = std::make_unique<Client>(std::make_unique<SocketChannel>(std::move(sockets.host)), nonce, limits);
}

FakeGuest::~FakeGuest() {
  client_.reset();
  thread_.join();
}

void write_text(const std::filesystem::path& path, const std::string& text) {
  std::ofstream(path, std::ios::binary) << text;
}

std::string read_text(const std::filesystem::path& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

}  // namespace deskloom::guest::test
