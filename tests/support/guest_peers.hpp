#pragma once

#include <sys/types.h>

#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <thread>

#include "base/fd.hpp"
#include "base/stream.hpp"
#include "guest/client.hpp"
#include "guest/server/config.hpp"
#include "guest/wire.hpp"
#include "support/temp_dir.hpp"

namespace deskloom::guest::test {

inline const std::string nonce = "00c0ffee";

// The host's end of a socket pair; a read that waits longer than ten seconds fails the test.
class SocketChannel : public base::Channel {
 public:
  explicit SocketChannel(base::UniqueFd fd) : fd_(std::move(fd)) {}
  std::size_t read(std::span<std::byte> buffer) override;
  void write(std::span<const std::byte> bytes) override;

 private:
  base::UniqueFd fd_;
};

struct SocketPair {
  base::UniqueFd host, guest;
  SocketPair();
};

// A user of this test only, "ann", with a home of her own: as root a number nobody has, else whoever runs the
// test. Root's rights are needed for nothing here but to give her the home.
class TestUser {
 public:
  TestUser();
  const std::filesystem::path& home() const { return home_; }
  const Config& config() const { return config_; }
  Config& config() { return config_; }
  uid_t uid() const { return uid_; }
  // Gives her all that is in the home (hard to do before it is written as root).
  void own_home() const;

 private:
  deskloom::test::TempDir dir_;
  std::filesystem::path home_;
  uid_t uid_;
  Config config_;
};

// The host's end of the channel, made into what the client gets.
using Wrap = std::function<std::unique_ptr<base::Channel>(std::unique_ptr<base::Channel>)>;

// The real server in a process of its own, with a client for it.
class Helper {
 public:
  explicit Helper(const TestUser& user, const std::string& stale_bytes = {}, Limits limits = {},
                  const Wrap& wrap = {});
  ~Helper();
  Client& client() { return *client_; }
  std::unique_ptr<Client> take_client() { return std::move(client_); }
  // Closes the host's end as a killed host would; the helper's exit code, or -1 when it has not ended in
  // time.
  int hang_up();

 private:
  pid_t pid_ = 0;
  std::unique_ptr<Client> client_;
};

// A guest that says what the test tells it to say once the greeting is done.
class FakeGuest {
 public:
  using Script = std::function<void(MessageStream&)>;
  explicit FakeGuest(Script script, Limits limits = {});
  ~FakeGuest();
  Client& client() { return *client_; }

 private:
  std::thread thread_;
  std::unique_ptr<Client> client_;
};

void write_text(const std::filesystem::path& path, const std::string& text);
std::string read_text(const std::filesystem::path& path);

}  // namespace deskloom::guest::test
