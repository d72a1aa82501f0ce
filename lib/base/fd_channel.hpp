#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "base/fd.hpp"
#include "base/stream.hpp"

namespace deskloom::base {

// Two descriptors as one channel: a socket, or a pipe each way. Blocks, with a timeout no longer than that; a
// peer that has gone is the end (read) or an Error (write). name is for messages.
class FdChannel : public Channel {
 public:
  FdChannel(UniqueFd in, UniqueFd out, std::string name,
            std::optional<std::chrono::milliseconds> timeout = std::nullopt)
      : in_(std::move(in)), out_(std::move(out)), name_(std::move(name)), timeout_(timeout) {}
  std::size_t read(std::span<std::byte> buffer) override;
  void write(std::span<const std::byte> bytes) override;

 private:
  void await(int fd, short event, const char* what) const;

  UniqueFd in_;
  UniqueFd out_;
  std::string name_;
  std::optional<std::chrono::milliseconds> timeout_;
};

// The two ends of a socket pair.
std::pair<std::unique_ptr<FdChannel>, std::unique_ptr<FdChannel>> channel_pair(const std::string& name);

}  // namespace deskloom::base
