#pragma once

#include <future>
#include <memory>

#include "base/error.hpp"
#include "base/stream.hpp"
#include "fleet/libvirt/connection.hpp"

namespace deskloom::fleet {

// A libvirt stream, which reaches a guest's port or console through any kind of connection. Each read or
// write waits for `timeout` at most. The stream is given already connected (virDomainOpenChannel, …).
class StreamChannel : public base::Channel {
 public:
  // name: for errors, "port org.deskloom.0 of instance desk-1".
  StreamChannel(std::shared_ptr<Connection> connection, StreamHandle stream, std::string name,
                std::chrono::milliseconds timeout);
  ~StreamChannel() override;
  StreamChannel(const StreamChannel&) = delete;
  StreamChannel& operator=(const StreamChannel&) = delete;

  std::size_t read(std::span<std::byte> buffer) override;
  void write(std::span<const std::byte> bytes) override;

 private:
  class Stream;
  struct Watch;
  using Deadline = std::chrono::steady_clock::time_point;
  void wait(int event, Deadline deadline, const char* action);
  int send(std::span<const std::byte> bytes, Deadline deadline);
  Deadline deadline() const { return std::chrono::steady_clock::now() + timeout_; }
  base::Error timed_out(const char* action) const;

  std::shared_ptr<Stream> stream_;
  std::shared_future<void> unwatched_;
  std::string name_;
  std::chrono::milliseconds timeout_;
  bool stuck_ = false;
};

}  // namespace deskloom::fleet
