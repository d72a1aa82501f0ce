#pragma once

#include <sys/types.h>

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "base/fd_channel.hpp"

namespace deskloom::base {

// A program that is talked to through its standard input and output; its standard error is ours.
class ChildChannel : public Channel {
 public:
  // Through PATH, without a shell. Throws when it cannot start. name: what talks, for messages; the program's
  // own name when empty. timeout: the longest that one read or write may take.
  explicit ChildChannel(const std::vector<std::string>& argv, const std::string& name = {},
                        std::optional<std::chrono::milliseconds> timeout = std::nullopt);
  ~ChildChannel() override;
  ChildChannel(const ChildChannel&) = delete;
  ChildChannel& operator=(const ChildChannel&) = delete;

  std::size_t read(std::span<std::byte> buffer) override { return pipes_->read(buffer); }
  void write(std::span<const std::byte> bytes) override { pipes_->write(bytes); }
  // Closes both pipes, and waits: its exit code, 128 + signal when it was killed. One that does not end by
  // itself within some seconds is terminated.
  int finish();

 private:
  std::optional<FdChannel> pipes_;
  pid_t pid_ = 0;
  int exit_code_ = 0;
};

}  // namespace deskloom::base
