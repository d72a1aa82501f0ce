#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <string>
#include <thread>

#include "base/fd_channel.hpp"
#include "snapshot/transfer/transfer.hpp"

namespace deskloom::test {

// A channel that is cut after so many bytes, both ways together, and remembers what it read.
class CutChannel : public base::Channel {
 public:
  CutChannel(base::Channel& channel, std::uint64_t bytes_left) : channel_(channel), left_(bytes_left) {}
  std::size_t read(std::span<std::byte> buffer) override;
  void write(std::span<const std::byte> bytes) override;
  std::uint64_t passed() const { return passed_; }

 private:
  base::Channel& channel_;
  std::uint64_t left_;
  std::uint64_t passed_ = 0;
};

// `deskloom store serve` on a thread.
class Served {
 public:
  explicit Served(const std::filesystem::path& store, const snapshot::transfer::ServeOptions& options = {});
  ~Served() { hang_up(); }
  base::Channel& channel() { return *client_; }
  void hang_up();                                      // and waits for it to end
  const std::string& error() const { return error_; }  // that ended it

 private:
  std::unique_ptr<base::FdChannel> client_;
  std::string error_;
  std::thread thread_;
};

struct Transfer {
  snapshot::transfer::Report report;
  std::string error;  // empty when it went through
  std::uint64_t passed_bytes = 0;
};
inline constexpr std::uint64_t uncut = std::numeric_limits<std::uint64_t>::max();

// All snapshots of one store into the other, by a push or a pull, until the connection is cut.
Transfer push_all(const std::filesystem::path& from, const std::filesystem::path& to,
                  std::uint64_t cut_after = uncut);
Transfer pull_all(const std::filesystem::path& from, const std::filesystem::path& to,
                  std::uint64_t cut_after = uncut);

}  // namespace deskloom::test
