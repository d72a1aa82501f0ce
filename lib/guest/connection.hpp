#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "guest/client.hpp"
#include "guest/wire.hpp"

namespace deskloom::guest {

// The client's end of the stream: greets, holds every request to its time, turns error replies into Error.
class Client::Connection {
 public:
  Connection(std::unique_ptr<base::Channel> channel, const std::string& nonce, const Limits& limits);

  const Limits& limits() const { return limits_; }
  const std::string& helper_version() const { return helper_version_; }

  MessageStream& stream() { return stream_; }

  // Starts the request's time.
  void request(MessageType type, const Encoder& payload = {});
  void send(MessageType type, std::string_view payload = {}) { stream_.send(type, payload); }
  // The next message of a reply; an error reply is thrown, the end of the stream as well.
  Message reply(std::size_t limit = max_frame_bytes);
  // The same, of this type only.
  Message reply_of(MessageType type, std::size_t limit = max_frame_bytes);

  std::vector<bool> readable;  // per node of the last list: a file, so that read may ask for it

 private:
  // Reads end with Error once the request has had its time, however slowly bytes come.
  class TimedChannel : public base::Channel {
   public:
    TimedChannel(std::unique_ptr<base::Channel> channel, std::chrono::milliseconds total);
    std::size_t read(std::span<std::byte> buffer) override;
    void write(std::span<const std::byte> bytes) override;
    void restart() { deadline_ = std::chrono::steady_clock::now() + total_; }

   private:
    void check() const;
    std::unique_ptr<base::Channel> channel_;
    std::chrono::milliseconds total_;
    std::chrono::steady_clock::time_point deadline_;
  };

  Limits limits_;
  TimedChannel channel_;
  MessageStream stream_;
  std::string helper_version_;
};

}  // namespace deskloom::guest
