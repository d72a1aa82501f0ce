#pragma once

#include <memory>
#include <string>
#include <utility>

#include "base/fd.hpp"
#include "base/stream.hpp"

namespace deskloom::base {

// Two descriptors as one channel: a socket, or a pipe each way. Blocks; a peer that has gone is the end
// (read) or an Error (write). name is for messages.
class FdChannel : public Channel {
 public:
  FdChannel(UniqueFd in, UniqueFd out, std::string name)
      : in_(std::move(in)), out_(std::move(out)), name_(std::move(name)) {}
  std::size_t read(std::span<std::byte> buffer) override;
  void write(std::span<const std::byte> bytes) override;

 private:
  UniqueFd in_;
  UniqueFd out_;
  std::string name_;
};

// The two ends of a socket pair.
std::pair<std::unique_ptr<FdChannel>, std::unique_ptr<FdChannel>> channel_pair(const std::string& name);

}  // namespace deskloom::base
